package api

import "context"

// Diagnosis is what was found when the folder was looked at.
type Diagnosis struct {
	OK         bool       `json:"ok" doc:"no check failed; there may be warnings"`
	Checks     []Check    `json:"checks"`
	Durability Durability `json:"durability"`
}

// Check is one thing that was looked at.
type Check struct {
	Name     string `json:"name"`
	Status   string `json:"status" enum:"ok,warning,failed"`
	Message  string `json:"message" words:"message"`
	WhatToDo string `json:"what_to_do,omitempty" doc:"absent if it is ok" words:"message"`
}

// Statuses of a Check.
const (
	CheckOK      = "ok"
	CheckWarning = "warning"
	CheckFailed  = "failed"
)

// Durability is whether what is acknowledged is on the disk.
type Durability struct {
	OK                bool   `json:"ok"`
	LogSyncAlways     bool   `json:"log_sync_always" doc:"the log syncs before it acknowledges"`
	SQLiteSynchronous int    `json:"sqlite_synchronous" doc:"2 (FULL) syncs each commit"`
	SQLiteVersion     string `json:"sqlite_version" doc:"3.51.3 at least"`
}

// Doctor implements Shop.
func (s *Service) Doctor(ctx context.Context) (Diagnosis, error) { return s.config.Doctor(ctx) }
