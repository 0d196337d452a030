"""Become a program that does not outlive the process that asked for it.

Run as a script, `launch.py PARENT SIGNAL ACCOUNT PROGRAM [ARGUMENT…]`: PARENT is the pid that must
still be our parent, SIGNAL the number of the signal to get when it dies, ACCOUNT `uid:gid` or `-`.
A script of its own, with the standard library only, because code that runs between fork and exec
in a process with threads may deadlock.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux only


def main() -> None:
    """Drop privileges, bind to the parent, and exec."""
    parent, death_signal, account, *command = sys.argv[1:]
    if account != "-":
        uid, _, gid = account.partition(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # After the change of user: the kernel forgets the wish when credentials change.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the process that asked for this one has gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it; the program need not
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
