// Package pq stands in for the driver of that name: simple queries over a unix socket, without a password.
package pq

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
)

// Conn is one connection.
type Conn struct {
	conn   net.Conn
	reader *bufio.Reader
}

// Open connects to the database of an address.
func Open(address string) (*Conn, error) {
	parts, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	query := parts.Query()
	conn, err := net.Dial("unix", query.Get("host")+"/.s.PGSQL."+query.Get("port"))
	if err != nil {
		return nil, err
	}
	user, database := parts.User.Username(), strings.TrimPrefix(parts.Path, "/")
	hello := "\x00\x03\x00\x00user\x00" + user + "\x00database\x00" + database + "\x00\x00"
	opened := &Conn{conn, bufio.NewReader(conn)}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(hello)+4)), hello...)); err != nil {
		return nil, err
	}
	_, err = opened.answer()
	return opened, err
}

// Query runs a statement and returns its rows as text.
func (c *Conn) Query(statement string) ([][]string, error) {
	message := binary.BigEndian.AppendUint32([]byte{'Q'}, uint32(len(statement)+5))
	if _, err := c.conn.Write(append(append(message, statement...), 0)); err != nil {
		return nil, err
	}
	return c.answer()
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// QuoteLiteral quotes a text for use in a statement.
func QuoteLiteral(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (c *Conn) answer() ([][]string, error) {
	rows, head := [][]string{}, make([]byte, 5)
	var failed error
	for {
		if _, err := io.ReadFull(c.reader, head); err != nil {
			return nil, err
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(c.reader, body); err != nil {
			return nil, err
		}
		switch head[0] {
		case 'D':
			rows = append(rows, fields(body))
		case 'E':
			failed = errors.New("pq: " + said(body))
		case 'Z':
			return rows, failed
		}
	}
}

func fields(body []byte) []string {
	found, rest := []string{}, body[2:]
	for len(rest) > 0 {
		size := binary.BigEndian.Uint32(rest)
		found, rest = append(found, string(rest[4:4+size])), rest[4+size:]
	}
	return found
}

func said(body []byte) string {
	for _, field := range strings.Split(string(body), "\x00") {
		if strings.HasPrefix(field, "M") {
			return field[1:]
		}
	}
	return "unknown"
}
