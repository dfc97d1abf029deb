package folder_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/folder"
)

func TestSettingsComeBack(t *testing.T) {
	t.Parallel()
	f := folder.At(t.TempDir())
	if exists, err := f.Exists(); exists || err != nil {
		t.Errorf("Exists = %v, %v", exists, err)
	}
	if _, err := f.Settings(); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("settings of no shop: %v", err)
	}
	for _, want := range []commerce.Settings{
		commerce.Settings{}.Filled(),
		{
			Name: "Papetărie \"Ink: & Co\" 종이\t#1", Currency: "RON", Timezone: "Europe/Bucharest",
			Country: "NO", Language: "zh-Hant", RewardPoints: 500, ShippingStep: "2",
		},
	} {
		if err := f.PutSettings(want); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Settings(); err != nil || got != want {
			t.Errorf("Settings = %+v, %v; want %+v", got, err, want)
		}
	}
	if exists, err := f.Exists(); !exists || err != nil {
		t.Errorf("Exists = %v, %v", exists, err)
	}
}

func TestSettingsNameTheMistake(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"curency: EUR":           `no setting "curency"`,
		"currency: euro":         `currency is "euro"`,
		"timezone: Mars/Olympus": `timezone is "Mars/Olympus"`,
		"reward_points: many":    "reward_points is many",
		"name: [":                "yaml",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "kith.yaml"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.At(dir).Settings(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

func lock(t *testing.T, f folder.Folder) *folder.Lock {
	t.Helper()
	l, owner, err := f.Lock(t.Context())
	if err != nil || l == nil {
		t.Fatalf("Lock = %v, %+v, %v", l, owner, err)
	}
	return l
}

func TestLockWaitsForACommandAndFindsAServer(t *testing.T) {
	t.Parallel()
	f := folder.At(t.TempDir())
	first := lock(t, f)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := f.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a folder that a command owns was locked: %v", err)
	}
	if err := first.Tell(folder.Owner{Address: "127.0.0.1:7788", Token: "secret"}); err != nil {
		t.Fatal(err)
	}
	l, owner, err := f.Lock(t.Context())
	if l != nil || err != nil || owner.Address != "127.0.0.1:7788" || owner.Token != "secret" || owner.PID != os.Getpid() {
		t.Errorf("Lock = %v, %+v, %v; want the server", l, owner, err)
	}
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	lock(t, f)
}

func TestALockFileThatWasLeftBehindLocksNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale := []byte(`{"pid":1,"address":"127.0.0.1:1","token":"old"}`)
	if err := os.WriteFile(filepath.Join(dir, "kith.lock"), stale, 0o600); err != nil {
		t.Fatal(err)
	}
	lock(t, folder.At(dir))
	info, err := os.Stat(filepath.Join(dir, "kith.lock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("lock file: %v, %v", info.Mode(), err)
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := folder.At(dir)
	if _, known, err := f.Reach(); known || err != nil {
		t.Errorf("the reach of a new folder: %v, %v", known, err)
	}
	want := map[commerce.EntryType]uint64{commerce.ImportEntry: 7, commerce.SegmentEntry: 9}
	if err := f.PutReach(want); err != nil {
		t.Fatal(err)
	}
	if got, known, err := f.Reach(); !known || err != nil || !maps.Equal(got, want) {
		t.Errorf("Reach = %v, %v, %v; want %v", got, known, err, want)
	}
	if err := f.PutReachAtLeast(want); err != nil {
		t.Fatal(err)
	}
	if got, known, err := f.Reach(); known || err != nil || !maps.Equal(got, want) {
		t.Errorf("Reach = %v, %v, %v; want at least %v", got, known, err, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "reach.json"), []byte(`{"imp`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, known, err := f.Reach(); known || err != nil {
		t.Errorf("a cut reach: %v, %v; want that nothing is known", known, err)
	}
}

// TestAPathToAFile: what leads to or through a file is said to be one.
func TestAPathToAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "a", "b")} {
		exists, err := folder.At(dir).Exists()
		if want := file + " is a file, not a folder; name a folder with --data"; exists || err == nil || err.Error() != want || commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%s: got %v, %v", dir, exists, err)
		}
	}
}
