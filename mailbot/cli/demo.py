"""`mailbot demo`: ten weeks of a freelancer's business in seconds, on real mail servers, with the laws checked."""

import argparse
import gc
from pathlib import Path


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot demo`."""
    parser = subparsers.add_parser(
        "demo", help="play ten weeks of a freelancer's business on mail servers of its own, and check the laws"
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for mails, pages and database")
    parser.add_argument("--stories", type=Path, metavar="FILE", help="another stories.toml (copy the packaged one)")
    parser.add_argument("--seed", type=int, default=1, help="moves the clients' answers by some minutes")
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--slow", action="store_true", help="tell each day as it passes")
    pace.add_argument("--fast", action="store_true", help="only the table and the laws, no timeline")
    parser.add_argument("--list-stories", action="store_true", help="say where the packaged stories lie, and stop")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play the stories; 1 if a law was broken or a story ended otherwise than told."""
    from mailbot.config import packaged

    stories = args.stories or packaged("config/demo/stories.toml")
    if args.list_stories:
        print(stories)
        return 0
    # A process of half a minute: the collector would take a tenth of it to find next to nothing.
    gc.disable()
    from mailbot.demo.show import perform

    return perform(stories, args.out, seed=args.seed, slow=args.slow, brief=args.fast)
