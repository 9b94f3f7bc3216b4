"""Static files: gathered from the rooms under a name made of their content, for browsers to keep; each also
compressed."""

import hashlib
import shutil
from pathlib import Path
from wsgiref.headers import Headers
from wsgiref.types import WSGIApplication

from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from vaguemestre.foundation.ui.bundles import BUNDLES, BUNDLING_VERSION, bundle

SOURCE = Path(__file__).resolve().parents[1]
_KEPT = 2  # versions: pages still open ask for the one before


def version(home: Path) -> str:
    """Version of the static files gathered last; empty if none."""
    try:
        return (home / "static" / "version").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def gather(home: Path) -> Path:
    """Copy every room's static files to HOME/static/<version>/; the folder to serve as /static."""
    files = [(path, path.relative_to(folder)) for folder in _folders() for path in _files(folder)]
    digest = hashlib.sha256(repr((BUNDLING_VERSION, BUNDLES)).encode())
    for path, name in files:
        digest.update(f"{name}\0".encode() + path.read_bytes())
    served = home / "static"
    target = served / digest.hexdigest()[:12]
    if not target.is_dir():
        fresh = served / ".new"
        shutil.rmtree(fresh, ignore_errors=True)
        for path, name in files:
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, fresh / name)
        fresh.mkdir(parents=True, exist_ok=True)
        _bundle(fresh)
        _compress(fresh)
        fresh.rename(target)
    (served / "version").write_text(target.name, encoding="utf-8")
    _forget_old(served, target)
    return served


def before(application: WSGIApplication, home: Path) -> WSGIApplication:
    """The application with the files gathered so far in front of it, under /static/."""

    def guarded(headers: Headers, _path: str, _url: str) -> None:
        headers["X-Content-Type-Options"] = "nosniff"

    front: WSGIApplication = WhiteNoise(
        application,
        root=home / "static",
        prefix="static/",
        immutable_file_test=lambda _path, _url: True,  # another content has another name
        allow_all_origins=False,
        add_headers_function=guarded,
    )
    return front


def _bundle(folder: Path) -> None:
    """Write the bundles that pages load instead of single files."""
    for name, parts in BUNDLES.items():
        if all((folder / part).is_file() for part in parts):
            texts = [(folder / part).read_text(encoding="utf-8") for part in parts]
            (folder / name).write_text(bundle(name, texts), encoding="utf-8")


def _compress(folder: Path) -> None:
    """Write a `.gz` beside each file that compression makes smaller."""
    compressor = Compressor(quiet=True, use_brotli=False)
    for path in _files(folder):
        if compressor.should_compress(path.name):
            compressor.compress(str(path))


def _folders() -> list[Path]:
    return sorted(SOURCE.glob("**/static"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _forget_old(served: Path, current: Path) -> None:
    versions = sorted((p for p in served.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    others = [path for path in versions if path != current]
    for path in others[: 1 - _KEPT]:
        shutil.rmtree(path, ignore_errors=True)
