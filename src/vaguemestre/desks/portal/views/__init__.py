"""The portal's screens: home, public pages, display, mail programs."""
