package user

import "slices"

// Permission is what a request needs.
type Permission string

// Permissions.
const (
	Public Permission = "public" // nothing
	Self   Permission = "self"   // to be logged in: about oneself
	Track  Permission = "track"  // sending events: any key, or import
	View   Permission = "view"   // aggregated figures and segments
	People Permission = "people" // customers, and who is in a segment
	Edit   Permission = "edit"   // saving and deleting segments
	Import Permission = "import" // bringing in files
	Export Permission = "export" // taking customers out
	Manage Permission = "manage" // settings, team, keys, webhooks, scoring, rebuilding, the audit log
	Local  Permission = "local"  // the token in the folder's lock file: paths of this machine
)

// Permissions lists all.
func Permissions() []Permission {
	return []Permission{Public, Self, Track, View, People, Edit, Import, Export, Manage, Local}
}

// Role is what a user or a secret key is in the shop.
type Role string

// Roles.
const (
	Owner   Role = "owner"
	Editor  Role = "editor"
	Analyst Role = "analyst"
	Support Role = "support" // sees contact data masked
)

// Roles lists all, the mightiest first.
func Roles() []Role { return []Role{Owner, Editor, Analyst, Support} }

// granted is what each role may.
var granted = map[Role][]Permission{
	Owner:   {Self, Track, View, People, Edit, Import, Export, Manage},
	Editor:  {Self, Track, View, People, Edit, Import, Export},
	Analyst: {Self, View, People},
	Support: {Self, View, People},
}

// Permissions lists what a role may.
func (r Role) Permissions() []Permission { return slices.Clone(granted[r]) }

// Valid says whether there is such a role.
func (r Role) Valid() bool { return granted[r] != nil }

// Masked says whether contact data is masked for a role.
func (r Role) Masked() bool { return r == Support }

// Kind is how somebody has shown who they are.
type Kind string

// Kinds.
const (
	Nobody    Kind = ""
	Token     Kind = "token"      // of the lock file: the folder's owner
	Session   Kind = "session"    // of a user
	SecretKey Kind = "secret key" // of a program
	PublicKey Kind = "public key" // of a page or an app: only sends events
)

// Identity is who asks.
type Identity struct {
	Kind Kind
	Role Role   // of a session or a secret key
	User User   // of a session
	Key  string // the id of a key

	Origins         []string // of a public key, see AllowsOrigin
	EventsPerMinute int      // of a key: how many it may send; 0 for the limit that all keys have
}

// May says whether somebody has a permission.
func (i Identity) May(p Permission) bool {
	if p == Public {
		return true
	}
	switch i.Kind {
	case Token:
		return true
	case Session:
		return slices.Contains(granted[i.Role], p)
	case SecretKey:
		return p == Track || p != Self && p != Manage && slices.Contains(granted[i.Role], p)
	case PublicKey:
		return p == Track
	case Nobody:
	}
	return false
}

// Actor is how the audit log calls somebody.
func (i Identity) Actor() string {
	switch i.Kind {
	case Session:
		return i.User.Email
	case SecretKey, PublicKey:
		return "key:" + i.Key
	case Token, Nobody:
	}
	return ""
}
