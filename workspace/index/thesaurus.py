"""Which words of a need and of code mean the same to people who write backends.

Groups of the trade, not of any one project: a word may be in several. First what is done, then what it is done to.
"""

from backend_developer.workspace.index.words import stem

_ACTIONS = """
create add make new insert build register generate
delete remove drop destroy erase purge clear unset unlink discard
get fetch load retrieve lookup obtain read access
find search locate discover lookup seek
update edit modify change patch alter amend
check validate verify ensure reject assert confirm
allow permit accept
deny forbid refuse reject block disallow
send deliver dispatch emit publish transmit push
receive consume accept subscribe
convert transform cast turn translate coerce
parse decode deserialize unmarshal interpret bind
serialize dump encode marshal render stringify format
list array sequence slice vec
save store persist write
join concatenate merge combine concat append
split divide separate partition chunk batch segment
escape quote sanitize
clean strip trim sanitize
clean cleanup clear purge prune
compress zip gzip deflate brotli
decompress unzip gunzip inflate decode
list all enumerate
run execute invoke perform
start begin launch boot init initialize serve listen
stop end finish close shutdown abort terminate cancel halt
shorten truncate abbreviate crop
encrypt cipher
decrypt decipher
wait sleep delay pause
retry attempt repeat again
register mount attach add
wrap decorate adapt
copy clone duplicate
compare equal same equals match
sort order rank
filter where select
commit save
rollback undo revert
survive recover catch
debug diagnose inspect
test probe
flatten flat
enable activate on
disable deactivate off
hide mask redact
show display print
connect connection dial
disconnect close
"""

_THINGS = """
set assign put
hash digest checksum fingerprint hmac md5 sha
email mail smtp
config settings configuration configure options preferences conf
error exception failure fail fault problem
db database sql
login signin authenticate auth protect logon
logout signout
authorization permission authorize privilege access grant
password passwd pwd passphrase
credentials password
credentials authorization
id identifier pk uuid guid
string str text
integer int number numeric
boolean bool flag
dict mapping map
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
html markup tag
cache memoize memo
constant fixed
pluralize plural
singular singularize
expire expiry expiration ttl lifetime timestamp age
timeout deadline
redirect forward
middleware filter interceptor hook
callback webhook hook listener
event signal
subscriber listener receiver observer
handler view controller
record row object instance entity model
missing absent empty nonexistent none
exist exists present
table relation model
column field attribute property
difference diff delta
group bucket
unique distinct dedupe
lock mutex exclusive
transaction atomic commit
succeed success successful
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
log logger logging trace record audit
sign signature signed signer
crash panic recover recovery
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
expired invalid stale old outdated obsolete
nested deep recursive
tree hierarchy
batch bulk many
first head
last tail latest
previous prev
next following
up increment increase
down decrement decrease
pool pooling
"""


def _groups(synonyms: str) -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for line in synonyms.strip().splitlines():
        group = frozenset(stem(word) for word in line.split())
        groups.update({one: groups.get(one, frozenset()) | group for one in group})
    return groups


GROUPS = _groups(_ACTIONS + _THINGS)
"""Stem to the stems that mean the same, itself among them."""
