"""What a process that somebody took may try: each attempt is a name and its arguments."""

# What would put somebody else's mailbox behind a secret of one's own.
FORGERIES = (
    "INSERT INTO signin_browsersession (session_key, session_data, expire_date, account_id, started_at,"
    " network, browser, is_shared_computer, is_own_device) SELECT '{digest}', '', now() + interval '1 hour',"
    " min(id), now(), '', '', false, false FROM credentials_account WHERE state = 'active'",
    "UPDATE signin_browsersession SET account_id = (SELECT min(id) FROM credentials_account)",
    "UPDATE signin_browsersession SET session_key = '{digest}'",
    "UPDATE signin_browsersession SET session_data = ''",
    "INSERT INTO projection.token SELECT '{digest}', min(mailbox), 4102444800 FROM projection.mailbox",
    "DELETE FROM journal_entry",
    'SET ROLE "{owner}_door"',
    "ALTER TABLE signin_browsersession DISABLE TRIGGER ALL",
)

# Run with the rights of that process: which of a list of attempts it carries out.
PROGRAM = """
import ctypes, json, os, signal, socket, sys

def read(path): open(path, "rb").read(1)
def write(path): os.close(os.open(path, os.O_WRONLY))
def make(path): os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)); os.unlink(path)
def listed(path): os.listdir(path)
def connect(path):
    peer = socket.socket(socket.AF_UNIX); peer.settimeout(5); peer.connect(path); return peer
def answered(path, question):
    peer = connect(path); peer.sendall(question.encode("latin-1"))
    assert peer.recv(1), "hung up"
def granted(path, *request):
    peer = connect(path); peer.sendall(json.dumps(request).encode() + b"\\n")
    assert "value" in json.loads(peer.makefile().readline()), "refused"
def minted(path, *request):
    peer = connect(path); peer.sendall(json.dumps(request).encode() + b"\\n")
    assert json.loads(peer.makefile().readline()).get("value"), "refused"
def connected(place):
    import psycopg
    try:
        return psycopg.connect(**place, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise OSError(str(error))
def entered(place): connected(place).close()
def ran(place, statement):
    import psycopg
    with connected(place) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise OSError(str(error))
def signalled(pid): os.kill(int(pid), 0)
def become_root(_): os.setuid(0)
def raise_rights(_): assert not ctypes.CDLL(None).prctl(39, 0, 0, 0, 0), "no new privileges"

def carried_out(attempts):
    done = []
    for name, *arguments in attempts:
        try:
            globals()[name](*arguments)
        except (OSError, AssertionError, ValueError):
            continue
        done.append([name, *arguments])
    return done
"""
# The list on standard input, those carried out on standard output.
ASKED = "print(json.dumps(carried_out(json.load(sys.stdin))))\n"
