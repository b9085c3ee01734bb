// Command users keeps users in PostgreSQL.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/lib/pq"
)

func main() {
	http.HandleFunc("/users", users)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func users(w http.ResponseWriter, r *http.Request) {
	log.Printf("[main:users] %s", r.Method)
	status, statement := http.StatusOK, "SELECT id, name FROM users ORDER BY id"
	if r.Method == http.MethodPost {
		var user struct{ Name string }
		if err := json.NewDecoder(r.Body).Decode(&user); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		status = http.StatusCreated
		statement = "INSERT INTO users (name) VALUES (" + pq.QuoteLiteral(user.Name) + ") RETURNING id, name"
	}
	rows, err := run(statement)
	if err != nil {
		log.Printf("[main:users] error=%v", err)
		http.Error(w, "no answer", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(rows)
}

func run(statement string) ([][]string, error) {
	log.Printf("[main:run] %s", statement)
	conn, err := pq.Open(os.Getenv("DATABASE_URL"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.Query(statement)
}
