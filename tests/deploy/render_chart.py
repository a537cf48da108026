"""Render the chart with Helm, as a library, and hold what comes out against Kubernetes' own schemas. Prints JSON.

It runs in .setup/shipping, which has Helm: python render_chart.py CHART VALUES-AS-JSON
"""

from __future__ import annotations

import json
import sys

import helm_python
import kubernetes_validate
import yaml

OLDEST, NEWEST = "1.25", "1.37"
"""What Chart.yaml promises, and a version of today."""


def main(path: str, values: dict[str, object]) -> dict[str, object]:
    found = helm_python.lint(path, values, strict=True)
    wrong = [each["error"] for each in found["messages"] if each["severity"] >= 2] + found["errors"]
    try:
        with helm_python.Chart.load(path) as chart:
            chart.validate_schema(values)
            rendered = chart.render(values, name="ci", namespace="omnilens")
    except helm_python.HelmError as error:
        return {"wrong": [str(error)], "manifests": []}
    texts = [text for name, text in rendered.items() if name.endswith(".yaml")]
    manifests = [each for text in texts for each in yaml.safe_load_all(text) if each]
    for manifest in manifests:
        for version in (OLDEST, NEWEST):
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                wrong.append(f"{manifest['kind']} in {version}: {error}")
    return {"wrong": wrong, "manifests": manifests}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2]))))
