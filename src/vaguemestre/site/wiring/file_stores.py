"""File stores of rooms: in a folder of the home, or on S3."""

import importlib
from pathlib import Path
from typing import cast

from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.kernel.file_store import WorkStore
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.config.files import S3_KEYS


def file_store(config: Config, folder: Path) -> WorkStore:
    """The files of that folder, or those below its name in the bucket."""
    files = config.files
    if not files.are_on_s3:
        return FileStore(folder)
    engine = importlib.import_module("vaguemestre.engines.object_store")  # boto3: a third of a second, 20 MB
    keys = secrets.path_of(config.secrets_dir, S3_KEYS)
    key, secret = (keys.read_text().split() if keys.is_file() else ()) or ("", "")
    bucket = engine.Bucket(files.s3_url, files.s3_bucket, files.s3_region, key, secret)
    return cast(WorkStore, engine.ObjectStore(bucket, folder.name))
