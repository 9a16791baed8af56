"""Help, version and wrong usage."""

from _harness import arcbatch, check, main

COMMANDS = ("run", "resume", "report", "export", "merge-runs", "eval", "batt", "extract", "merge",
            "primitives", "show", "bench")


def test_help_names_every_command_and_shows_examples(_):
    done = arcbatch("--help")
    check(done.code == 0 and not done.err, done)
    for command in COMMANDS:
        check(f"\n  {command} " in done.out, command)
    check("Examples:" in done.out, done)


def test_every_command_has_help_with_examples(_):
    for command in COMMANDS:
        for flag in ("--help", "-h"):
            done = arcbatch(command, flag)
            check(done.code == 0, done)
            check("xamples:" in done.out or "xample:" in done.out, done)
            check(f"arcbatch {command}" in done.out, done)


def test_version(_):
    done = arcbatch("--version")
    check(done.code == 0 and done.out.startswith("arcbatch ") and done.out.count("\n") == 1, done)


def test_no_command_shows_help_as_an_error(_):
    done = arcbatch()
    check(done.code == 2 and not done.out and "Examples:" in done.err, done)


def test_wrong_usage_is_exit_code_2(_):
    wrong = (["frobnicate"], ["--nope"], ["run", "--nope"], ["run", "stray"], ["show"],
             ["run", "--path", "warp"], ["run", "--isa", "mmx"], ["run", "--max-steps", "many"],
             ["run", "--max-steps", "-1"],
             ["run", "--programs"], ["bench", "--repeat", "0"], ["primitives", "fill", "--names"],
             ["primitives", "a", "b"])
    for arguments in wrong:
        done = arcbatch(*arguments)
        check(done.code == 2, (arguments, done))
        check("error:" in done.err and "--help" in done.err, (arguments, done))
        check(not done.out, (arguments, done))


def test_no_escape_sequences_without_a_terminal(_):
    for arguments in (["--help"], ["primitives"], ["run"], ["show", "a1000001"], ["nope"]):
        done = arcbatch(*arguments)
        check("\x1b" not in done.out + done.err, (arguments, done))


if __name__ == "__main__":
    main(globals())
