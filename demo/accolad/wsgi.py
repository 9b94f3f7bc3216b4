"""What the server loads."""

import os

from accolad.app import Accolad

application = Accolad(dict(os.environ))
