"""The layers that hold a child: limits, Landlock, seccomp, and what of them is active here."""
