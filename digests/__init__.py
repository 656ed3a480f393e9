"""The weekly mail: compose, render, build, send."""
