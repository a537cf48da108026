"""Measure OmniLens against its peers.

    python benchmarks/run.py                     everything, about twenty minutes
    python benchmarks/run.py fanout burst        some scenarios only
    python benchmarks/run.py --quick             one short round: does it work, and roughly how fast
    python benchmarks/run.py --write             put tables and charts into docs/, as `make bench` does

Server and load run on a core each. Peers take turns, round by round; tables show the median of the rounds. A peer that
is not installed is skipped by name, and one that loses a single update has no figure.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench import Bench, say
from catalogue import EVERYONE, no_compiler
from report import RESULTS, console, machine, write
from samples import Samples
from scenarios import burst, connect, fanout, intake, journal, latency, measuring, polling, restart, stall, storm
from servers import Cores, cannot_start, on, raise_file_limit

SCENARIOS = {
    each.NAME: each
    for each in (fanout, burst, connect, intake, journal, latency, stall, storm, restart, measuring, polling)
}
SPARE_FILES = 200


def main() -> None:
    wanted = _arguments()
    if sys.platform != "linux":
        sys.exit("Nothing can be measured: CPU time and memory are read from /proc, which only Linux has.")
    if wanted.render:
        write(Samples.load(RESULTS))
        return
    if missing := no_compiler():
        sys.exit(f"Nothing can be measured: {missing}, which the load is written for.")
    bench = _bench(wanted)
    samples = Samples(skipped=bench.skipped, machine=machine(bench.cores, bench.rounds))
    with on(bench.cores.load):
        for name in wanted.scenarios or SCENARIOS:
            say(f"{name}: {str(SCENARIOS[name].__doc__).splitlines()[0]}")
            started = time.monotonic()
            samples.all += SCENARIOS[name].run(bench)
            say(f"  took {time.monotonic() - started:.0f} s")
            if wanted.write:  # at once, so that an interruption loses one scenario and not all
                _keep(samples)
    console(samples)


def _keep(samples: Samples) -> None:
    kept = Samples.load(RESULTS).replace(samples)
    kept.save(RESULTS)
    write(kept)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="scenario", help=", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=3, help="how often each peer is measured (default: 3)")
    parser.add_argument("--quick", action="store_true", help="one round with less of everything")
    parser.add_argument("--write", action="store_true", help="rewrite docs/benchmarks.md and its charts")
    parser.add_argument("--render", action="store_true", help="rewrite them from the last figures, measuring nothing")
    wanted = parser.parse_args()
    if unknown := set(wanted.scenarios) - set(SCENARIOS):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    return wanted


def _bench(wanted: argparse.Namespace) -> Bench:
    cores, files = Cores.choose(), raise_file_limit()
    most = files - SPARE_FILES
    if cores.server == cores.load:
        say("There is one core only: server and load share it, and rates say little. CPU times still hold.")
    if most < max(fanout.SIZES):
        say(f"The limit on open files leaves room for {most:,} clients; what needs more is left out.")
    skipped = {peer.name: why for peer in EVERYONE if (why := peer.missing() or cannot_start(peer, cores.server))}
    skipped |= {kind.name: why for kind in journal.KINDS if (why := kind.missing())}
    for name, why in skipped.items():
        say(f"skipped: {name}: {why}")
    return Bench(cores, 1 if wanted.quick else wanted.rounds, wanted.quick, most, skipped)


if __name__ == "__main__":
    main()
