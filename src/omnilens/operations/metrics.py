"""Every number the server counts, in a registry of its own. Labels come from short fixed lists, never from input."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCY_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


class Metrics:
    """One for each server, so that two servers in one process (as in tests) do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.deliveries = Counter(
            "omnilens_webhook_deliveries",
            "Webhook deliveries by event (other: not read by us) and result (accepted, duplicate, … or an error code).",
            ("event", "result"),
            registry=self.registry,
        )
        self.intake_seconds = Histogram(
            "omnilens_webhook_seconds",
            "From the first byte of a delivery to its answer.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.webhook_networks = Gauge(
            "omnilens_webhook_networks",
            "Networks that deliveries are taken from; 0 if from everywhere.",
            registry=self.registry,
        )
        self.forged = Counter(
            "omnilens_webhook_forged",
            "Deliveries that claim to be GitHub's, and are not signed with our secret.",
            registry=self.registry,
        )
        self.unmapped = Counter(
            "omnilens_unmapped_deliveries",
            "Deliveries of repositories that are not on the board.",
            registry=self.registry,
        )
        self.updates = Counter(
            "omnilens_updates", "Updates by the event that carries them.", ("event",), registry=self.registry
        )
        self.fanout_seconds = Histogram(
            "omnilens_fanout_seconds",
            "From receiving a delivery to having written its update for every subscriber.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.github_to_receipt = Histogram(
            "omnilens_github_to_receipt_seconds",
            "From the time that GitHub gives an event, in whole seconds, to the receipt of its delivery; of a sample.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.browser_seconds = Histogram(
            "omnilens_browser_seconds",
            "From receiving a delivery to a browser's word that it shows the update, of a sample of browsers.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.failed_changes = Counter(
            "omnilens_failed_changes", "Journal entries that could not be applied: a bug.", registry=self.registry
        )
        self.dead_letters = Gauge(
            "omnilens_dead_letters", "Signed deliveries that failed and are kept now.", registry=self.registry
        )
        self.dead_letters_kept = Counter(
            "omnilens_dead_letters_kept",
            "Failures after which a delivery was kept, by error code.",
            ("code",),
            registry=self.registry,
        )
        self.dead_letters_retried = Counter(
            "omnilens_dead_letters_retried",
            "Further attempts at kept deliveries, by result (taken, or an error code).",
            ("result",),
            registry=self.registry,
        )
        self.dead_letters_lost = Counter(
            "omnilens_dead_letters_lost",
            "Failed deliveries that could not be kept (memory, database, large), or no longer (full, old).",
            ("reason",),
            registry=self.registry,
        )
        self.connections = Gauge("omnilens_connections", "Socket.IO connections now.", registry=self.registry)
        self.connections_opened = Counter(
            "omnilens_connections_opened", "Socket.IO connections accepted.", registry=self.registry
        )
        self.connections_admitted = Counter(
            "omnilens_connections_admitted", "Clients that connected over Socket.IO.", registry=self.registry
        )
        self.connections_closed = Counter(
            "omnilens_connections_closed",
            "Socket.IO connections ended, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self.connections_refused = Counter(
            "omnilens_connections_refused", "Handshakes refused, by reason.", ("reason",), registry=self.registry
        )
        self.requests_refused = Counter(
            "omnilens_requests_refused",
            "HTTP requests refused before anybody looked at what they want, by error code.",
            ("code",),
            registry=self.registry,
        )
        self.messages_sent = Counter("omnilens_messages_sent", "Socket.IO messages sent.", registry=self.registry)
        self.messages_received = Counter(
            "omnilens_messages_received",
            "Socket.IO events received: known ones and others.",
            ("event",),
            registry=self.registry,
        )
        self.failed_handlers = Counter(
            "omnilens_failed_handlers", "Handlers of Socket.IO events that raised: a bug.", registry=self.registry
        )
        self.subscriptions = Counter(
            "omnilens_subscriptions",
            "Subscriptions by result (fresh, resumed, reset, or an error code).",
            ("result",),
            registry=self.registry,
        )
        self.switched = Counter(
            "omnilens_realtime_switched",
            "Subscriptions that were switched while they stood, by what to (on, off).",
            ("to",),
            registry=self.registry,
        )
        self.reports = Counter("omnilens_reports", "Problems that people reported.", registry=self.registry)
        self.reports_last_hour = Gauge(
            "omnilens_reports_last_hour",
            "People who reported a problem within the last hour, on whichever server.",
            registry=self.registry,
        )
        self.rollbacks = Counter(
            "omnilens_rollbacks",
            "Triggers of a rollback that fired, by what followed (switched-off, dry-run, cooling-down, …).",
            ("outcome",),
            registry=self.registry,
        )
        self.authentication_failures = Counter(
            "omnilens_authentication_failures",
            "Attempts to come in that failed, by what with (session, token, proxy, login).",
            ("with",),
            registry=self.registry,
        )
        self.logins = Counter("omnilens_logins", "People who logged in.", registry=self.registry)
        self.revoked = Counter(
            "omnilens_access_revoked",
            "Subscriptions that were ended since their viewer may not see the repository any more.",
            registry=self.registry,
        )
        self.notices = Counter(
            "omnilens_notices",
            "Notices made, by kind (failing, broke, still_fails, fixed, waits).",
            ("kind",),
            registry=self.registry,
        )
        self.notices_told = Counter(
            "omnilens_notices_told", "Notices sent to a client as they were made.", registry=self.registry
        )
        self.notices_confirmed = Counter(
            "omnilens_notices_confirmed",
            "Notices that a client of their reader confirmed first.",
            registry=self.registry,
        )
        self.pushes = Counter(
            "omnilens_pushes",
            "Messages to browsers without a page, by result (sent, gone, refused, unreachable, failed).",
            ("result",),
            registry=self.registry,
        )
        self.alerts = Gauge(
            "omnilens_alert", "Whether an alert fires: 1 if it does.", ("name",), registry=self.registry
        )
        self.memory = Gauge("omnilens_memory_bytes", "Memory that this process has.", registry=self.registry)
        self.memory_limit = Gauge(
            "omnilens_memory_limit_bytes", "Memory that this process may have.", registry=self.registry
        )
        self.memory_per_connection = Gauge(
            "omnilens_memory_per_connection_bytes",
            "Memory that this process has more than without connections, for each that there is.",
            registry=self.registry,
        )
        self.cpu_seconds = Counter(
            "omnilens_cpu_seconds", "Processor time that this process has used.", registry=self.registry
        )
        self.watching = Gauge(
            "omnilens_watching", "Connections that watch something, as an open page does.", registry=self.registry
        )
        self.watched_seconds = Counter(
            "omnilens_watched_seconds",
            "Time on the dashboard: how long connections have watched something, all together.",
            registry=self.registry,
        )
        self.suspicious = Gauge(
            "omnilens_suspicious_addresses",
            "Addresses that were refused ten times or more within ten minutes.",
            registry=self.registry,
        )
        self.loop_lag = Histogram(
            "omnilens_loop_lag_seconds",
            "How late the event loop gets to what is due, looked at once a second.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.journal_waiting = Gauge(
            "omnilens_journal_waiting",
            "Changes in the journal that are not on this server's board yet.",
            registry=self.registry,
        )
        self.github_calls = Counter(
            "omnilens_github_calls",
            "Calls of GitHub's API, by what was asked for and the result (ok, unchanged, rate-limited, …).",
            ("kind", "result"),
            registry=self.registry,
        )
        self.github_seconds = Histogram(
            "omnilens_github_seconds",
            "From a call of GitHub's API to the end of its answer.",
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.github_remaining = Gauge(
            "omnilens_github_remaining",
            "Calls that GitHub still grants, to the account that has the fewest left; -1 while that is not known.",
            registry=self.registry,
        )
        self.github_remaining.set(-1)

    def value(self, name: str) -> float:
        """The sum of a sample over all its labels, such as ``omnilens_updates_total``; 0 where nothing was counted."""
        samples = (sample for family in self.registry.collect() for sample in family.samples)
        return sum(sample.value for sample in samples if sample.name == name)

    def totals(self) -> dict[str, float]:
        """The sum of every sample over all its labels, by its name."""
        found: dict[str, float] = {}
        for family in self.registry.collect():
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
        return found

    def render(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
