"""A need in words, turned into weighted terms to look for."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_developer.workspace.index.words import raw, stem

MOST_TERMS = 12
"""Of a longer text the first are taken: what it is about comes first."""

ALTERNATIVE = 0.8
"""What a synonym is worth beside the word itself."""

_FILLER_WORDS = """
function method helper utility util utils class code python project existing reusable something given way need
needs want should must please implement implementing write handle handling support provide provides several each
every any other another one two whole single based some thing things case cases according before after between
during via per like also only just same different whether already etc api endpoint endpoints module let how whose own
stay stays quick quickly easily behind decide pick choose find serve people without
"""

_FILLER = frozenset(_FILLER_WORDS.split())
"""Words of a request that say nothing about what is wanted."""

_SYNONYMS = """
create add make new insert build register generate
delete remove drop destroy erase purge clear unset unlink discard
get fetch load retrieve lookup obtain read access
find search locate discover lookup seek
update edit modify change patch alter amend
set assign put
check validate verify ensure reject assert confirm
allow permit accept
deny forbid refuse reject block disallow
send deliver dispatch emit publish transmit push
receive consume accept subscribe
convert transform cast turn translate coerce
parse decode deserialize unmarshal interpret bind
serialize dump encode marshal render stringify format
hash digest checksum fingerprint hmac md5 sha
email mail smtp
config settings configuration configure options preferences conf
error exception failure fail fault problem
db database sql
login signin authenticate auth protect logon
logout signout
authorization permission authorize privilege access grant
password passwd pwd passphrase
credentials password authorization auth secret basic
id identifier pk uuid guid
string str text
integer int number numeric
boolean bool flag
dict mapping map
list array sequence slice vec
folder directory dir
path route location
url uri link href address
address ip host remote addr
host domain hostname localhost
localhost local loopback
caller client remote peer
message msg notification
response reply answer respond result
request req
browser client agent
file attachment upload download document
save store persist write
username user account login
user account member person profile
signup register registration
forgotten forgot reset recover
page pagination paginate
limit maximum max cap quota
throttle rate limit ratelimit
skip offset
title headline heading
slug permalink
certificate cert pem x509 ca tls ssl
authority root ca
asset static public
token key secret
count total number sum
maximum max largest highest
minimum min smallest lowest
random rand nonce
join concatenate merge combine concat append
split divide separate partition chunk batch segment
escape quote sanitize
clean strip trim sanitize
html markup tag
compress zip gzip deflate brotli
decompress unzip gunzip inflate decode
cache memoize memo
list all enumerate
run execute invoke perform
start begin launch boot init initialize serve listen
stop end finish close shutdown abort terminate cancel halt
constant fixed
shorten truncate abbreviate crop
pluralize plural
singular singularize
encrypt cipher
decrypt decipher
expire expiry expiration ttl lifetime timestamp age
timeout deadline
wait sleep delay pause
retry attempt repeat again
redirect forward
middleware filter interceptor hook
callback webhook hook listener
event signal
subscriber listener receiver observer
handler view controller
register mount attach add
record row object instance entity model
missing absent empty nonexistent none
exist exists present
table relation model
column field attribute property
wrap decorate adapt
copy clone duplicate
compare equal same equals match
difference diff delta
sort order rank
filter where select
group bucket
unique distinct dedupe
lock mutex exclusive
transaction atomic
commit save
rollback undo revert
migrate migration
schema structure
session login
cookie session
header headers
body payload content data
type mime media format
language locale lang
translate translation gettext i18n
timezone tz zone
date day datetime
time datetime clock
now current today
human humanize readable natural friendly
size length len bytes
image picture photo
color colour
log logger logging trace record
crash panic recover recovery
survive recover catch
debug diagnose inspect
test probe
secure safe security
unsafe dangerous danger insecure
proxy forwarded
stream streaming chunk sse
websocket socket ws
json javascript
xml rss atom feed
form multipart
query parameter param params argument args
default fallback
optional option
environment env
version release
dependency inject provider
template engine render view
extension suffix
prefix beginning start
number digit
price money currency amount cost
phone telephone mobile
country nation region
role permission group
admin administrator staff superuser
tenant workspace organization organisation
job task worker queue background
schedule cron periodic regularly cleanup
cleanup purge expired
nested deep recursive
tree hierarchy
flatten flat
batch bulk many
first head
last tail latest
previous prev
next following
up increment increase
down decrement decrease
enable activate on
disable deactivate off
hide mask redact
show display print
connect connection dial
disconnect close
pool pooling
"""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a need."""

    stem: str
    alternatives: frozenset[str]
    said: str
    """As the text had it."""
    common: bool
    """Whether it is one of the words that any project is told in, such as `convert`: to be without it means little."""

    def match(self) -> str:
        """The term and its alternatives in the language of FTS5."""
        return " OR ".join(f'"{one}"' for one in (self.stem, *sorted(self.alternatives)))


def terms(text: str) -> list[Term]:
    """The terms of a need, each once."""
    said = [word for word in raw(text) if word not in _FILLER]
    found: dict[str, Term] = {}
    for number, word in enumerate(said):
        mine = stem(word)
        if mine not in found and len(found) < MOST_TERMS:
            others = _alternatives(mine) | frozenset(_compounds(said, number))
            found[mine] = Term(mine, others - {mine}, word, common=mine in _GROUPS)
    return list(found.values())


def _compounds(said: list[str], number: int) -> Iterator[str]:
    """`url encode` is often one word in code."""
    for first in (number - 1, number):
        if 0 <= first < len(said) - 1:
            yield stem(said[first] + said[first + 1])


def _alternatives(mine: str) -> frozenset[str]:
    return _GROUPS.get(mine, frozenset())


def _groups() -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for line in _SYNONYMS.strip().splitlines():
        group = frozenset(stem(word) for word in line.split())
        groups.update({one: groups.get(one, frozenset()) | group for one in group})
    return groups


_GROUPS = _groups()
