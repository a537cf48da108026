{{- define "omnilens.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "omnilens.selector" -}}
app.kubernetes.io/name: omnilens
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "omnilens.labels" -}}
{{ include "omnilens.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- /* Whether what the nodes know is in a Redis and a PostgreSQL. */ -}}
{{- define "omnilens.shared" -}}
{{- if and (has "OMNILENS_REDIS_URL" .Values.secret.keys) (has "OMNILENS_DATABASE_URL" .Values.secret.keys) -}}true{{- end -}}
{{- end -}}
