#!/usr/bin/env python3
"""The quick scenarios of the reality bench: real Postfix, Unbound and NSD do what mxsim says.

Arguments: the path of mxsim, the source folder. Skipped, with the reason, where that software cannot be run; ./dev test
fetches it if it may. Nothing is installed, and nothing outlives this.
"""
import subprocess
import sys

mxsim, source = sys.argv[1:3]
done = subprocess.run([sys.executable, "-B", f"{source}/tests/reality/reality.py", mxsim, "--quick", "--no-fetch"],
                      stdin=subprocess.DEVNULL, timeout=200, check=False)
sys.exit(done.returncode)
