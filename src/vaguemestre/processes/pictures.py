"""The process that fetches remote pictures (granian, ASGI): it knows neither Django nor the database."""

from vaguemestre.engines.remote.picture_service import AT_ONCE, PictureService
from vaguemestre.engines.remote.pictures import Limits, PictureFetcher

application = PictureService(PictureFetcher(Limits(at_once=AT_ONCE)))
