"""Events of the workers: one, two at once, killed, the server killed under them, people acting meanwhile."""

from __future__ import annotations

import json
import signal
import time
from random import Random

from .events import KINDS, event
from .home import Child
from .world import Broken, World

SIZES = (1, 2, 3, 7, 50, 500)


@event(5)
def work(world: World, rng: Random) -> None:
    """One worker, until nothing waits."""
    ends = world.work(rng.choice(SIZES))
    world.counts["worked"] += 1
    world.tell(f"  {dict(ends)}")


@event(1.2)
def work_together(world: World, rng: Random) -> None:
    """Two or three workers at once."""
    children = [start(world, rng) for _n in range(rng.choice([2, 2, 3]))]
    wait(world, children)
    world.counts["workers at once"] += 1


@event(1.2)
def kill_workers(world: World, rng: Random) -> None:
    """Workers are killed at any moment, again and again."""
    for _n in range(rng.randint(1, 3)):
        children = [start(world, rng, slowly=True) for _m in range(rng.choice([1, 2]))]
        time.sleep(rng.random() * 0.05)
        world.counts["workers killed"] += sum(each.kill() for each in children)


@event(0.25)
def kill_server(world: World, rng: Random) -> None:
    """The server is killed, or told to drop everything, while workers work; they go on by themselves."""
    children = [start(world, rng, slowly=True) for _n in range(rng.choice([1, 2]))]
    time.sleep(rng.random() * 0.06)
    how = rng.choice([signal.SIGKILL, signal.SIGQUIT])
    if world.home.kill_server(how):
        world.counts[f"server {how.name}"] += 1
    wait(world, children)
    world.home.revive()


@event(0.25)
def kill_server_under_people(world: World, rng: Random) -> None:
    """The server is killed while people act: what they did is done or not, never half."""
    killer = world.home.fork(lambda: (time.sleep(rng.random() * 0.05), world.home.kill_server(signal.SIGKILL)))
    act_meanwhile(world, rng, deeds=rng.randint(1, 3), outage=True)
    killer.wait()
    world.home.revive()
    world.counts["server killed under people"] += 1


@event(1.5)
def rush(world: World, rng: Random) -> None:
    """People act while two workers work."""
    children = [start(world, rng, slowly=True) for _n in range(2)]
    renderer = world.start_command("letters", "render") if rng.random() < 0.12 else None
    act_meanwhile(world, rng, deeds=rng.randint(3, 8))
    wait(world, children)
    if renderer:
        world.end_command(renderer)
    world.counts["rush"] += 1


@event(0.05)
def command(world: World, rng: Random) -> None:
    """The installed command with two processes; all of them killed now and then."""
    parameters = world.home.folder / "parameters.yaml"
    parameters.write_text(json.dumps(world.book.overrides))
    options = ["--once", "--workers", "2", "--batch-size", "3", "--parameters", str(parameters)]
    started = world.start_command("work", *options)
    kill = rng.random() < 0.5
    if kill:
        time.sleep(0.8 + rng.random())
    world.counts["commands killed"] += world.end_command(started, kill=kill)
    world.counts["commands"] += 1


def start(world: World, rng: Random, *, slowly: bool = False) -> Child:
    """A worker as a process of its own; ``slowly``: with many small batches, so that there is something to disturb."""
    size = rng.choice(SIZES[:3] if slowly else SIZES)
    return world.home.fork(lambda: world.work(size))


def wait(world: World, children: list[Child]) -> None:
    """Until they end; raises Broken where one failed."""
    faults = [fault for fault in [each.wait() for each in children] if fault]
    if faults:
        raise Broken(f"worker: {faults[0][-1500:]}")


def act_meanwhile(world: World, rng: Random, *, deeds: int, outage: bool = False) -> None:
    """What people do, and others, whatever else happens."""
    kinds = [kind for kind in KINDS.values() if (kind.person if outage else kind.beside)]
    usual = [each for each in kinds if not each.aside]
    apart = [each for each in kinds if each.aside and rng.getstate()[1][0] % 2]
    for kind in [*rng.choices(usual, [each.weight for each in usual], k=deeds), *apart]:
        world.tell(f"  meanwhile {kind.name}")
        kind.deed(world, Random(rng.getrandbits(40)))
