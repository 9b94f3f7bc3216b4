"""What the server loads."""

import os

from salles.app import Salles

application = Salles(dict(os.environ))
