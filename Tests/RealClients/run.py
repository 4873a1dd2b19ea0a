#!/usr/bin/env python3
"""Runs the tests with real clients; the interpreter is the one of .build/venv."""

import pathlib
import sys
import unittest

if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent
    sys.path.insert(0, str(here))
    sys.argv = [sys.argv[0], "discover", "--start-directory", str(here), *sys.argv[1:]]
    unittest.main(module=None)
