"""`python -m varde`, the same as the console command."""

from varde.main import main

main()
