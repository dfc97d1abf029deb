package user

import "testing"

// FuzzHash: what is read of a kept password can be compared, and is the same
// twice.
func FuzzHash(f *testing.F) {
	for _, phc := range []string{nobodys, "", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$", "$argon2id$v=19$m=0,t=0,p=0$$YQ", "$argon2id$v=19$m=1,t=1,p=256$YQ$YQ", "$argon2id$v=19$m=1,t=1,p=1x$YQ$YQ"} {
		f.Add(phc)
	}
	f.Fuzz(func(t *testing.T, phc string) {
		c, salt, sum, err := parseHash(phc)
		if err != nil {
			return
		}
		if len(sum) == 0 || c.time == 0 || c.threads == 0 || len(salt)+len(sum) > len(phc) {
			t.Fatalf("%q: %+v, %d and %d bytes", phc, c, len(salt), len(sum))
		}
	})
}
