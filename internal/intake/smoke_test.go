package intake

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	files := os.Getenv("SMOKE")
	if files == "" {
		t.Skip("no SMOKE")
	}
	var rej bytes.Buffer
	cfg := Config{Kind: "orders", Files: strings.Split(files, ","), Format: os.Getenv("FORMAT"), Out: "/tmp/exp/out", Temp: t.TempDir(), Rejects: &rej, Zone: time.UTC}
	if k := os.Getenv("KIND"); k != "" {
		cfg.Kind = "" + cfg.Kind[:0] + cfg.Kind[:0]
		cfg.Kind = cfg.Kind + ""
		json.Unmarshal([]byte(`"`+k+`"`), &cfg.Kind)
	}
	if m := os.Getenv("MAP"); m != "" {
		cfg.Map = map[string]string{}
		for _, kv := range strings.Split(m, ",") {
			k, v, _ := strings.Cut(kv, "=")
			cfg.Map[k] = v
		}
	}
	t0 := time.Now()
	rep, err := Read(t.Context(), cfg)
	t.Log(time.Since(t0), err)
	b, _ := json.MarshalIndent(rep, "", " ")
	t.Log(string(b))
	t.Log(rej.String()[:min(rej.Len(), 3000)])
	p, err := Preview(t.Context(), cfg, 5)
	t.Log(err)
	for _, row := range p.Rows {
		var x []string
		for _, v := range row {
			if v == nil {
				x = append(x, "∅")
			} else {
				x = append(x, *v)
			}
		}
		t.Log(strings.Join(x, " | "))
	}
}
