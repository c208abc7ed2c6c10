"""Runs AWS CLI 2 by its own entry, once for each line of its input, in a process of its own that has it loaded already."""

import json
import os
import sys

import awscli.clidriver


def run(task):
    os.chdir(task["cwd"])
    os.environ.update(task["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["aws", *task["args"]]
    try:
        return awscli.clidriver.main()
    except SystemExit as ended:
        return ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(run(json.loads(line)) or 0)
    _, status = os.waitpid(child, 0)
    print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)
