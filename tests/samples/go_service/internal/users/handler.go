package users

import (
	"encoding/json"
	"log"
	"net/http"
)

// NewHandler routes requests to the store.
func NewHandler(store *Store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("/users", func(w http.ResponseWriter, r *http.Request) {
		serveUsers(w, r, store)
	})
	return mux
}

func serveUsers(w http.ResponseWriter, r *http.Request, store *Store) {
	log.Printf("[users:serveUsers] method=%s", r.Method)
	if r.Method == http.MethodGet {
		writeJSON(w, http.StatusOK, store.All())
		return
	}
	var body User
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		log.Printf("[users:serveUsers] error=%v", err)
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "not JSON"})
		return
	}
	user, err := store.Add(body.Name)
	if err != nil {
		writeJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusCreated, user)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	log.Printf("[users:writeJSON] status=%d", status)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Printf("[users:writeJSON] error=%v", err)
	}
}
