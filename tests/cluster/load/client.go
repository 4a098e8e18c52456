package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// run is the folder of a running cluster: ca.crt, admin.crt, admin.key, and the addresses in server and etcd.url.
type run string

func (r run) read(name string) []byte {
	content, err := os.ReadFile(filepath.Join(string(r), name))
	if err != nil {
		log.Fatal(err)
	}
	return content
}

func (r run) address(name string) string {
	return strings.TrimSpace(string(r.read(name)))
}

// client is the cluster's admin, over HTTP/1.1 so that each worker has a connection of its own.
func (r run) client(connections int) *http.Client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(r.read("ca.crt"))
	pair, err := tls.X509KeyPair(r.read("admin.crt"), r.read("admin.key"))
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, MaxIdleConnsPerHost: connections}}
}

// send waits as long as the server says that there are too many requests.
func send(c *http.Client, method, url, contentType string, body []byte) (int, []byte) {
	for try := 0; ; try++ {
		request, err := http.NewRequest(method, url, bytes.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		request.Header.Set("Content-Type", contentType)
		response, err := c.Do(request)
		if err != nil {
			log.Fatal(err)
		}
		answer, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusTooManyRequests || try >= 50 {
			return response.StatusCode, answer
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// put writes objects to etcd in one transaction, through its JSON gateway.
func put(c *http.Client, etcd string, batch []object) int {
	var puts list
	for _, o := range batch {
		puts = append(puts, dict{"requestPut": dict{
			"key":   base64.StdEncoding.EncodeToString([]byte(o.key)),
			"value": base64.StdEncoding.EncodeToString(o.body),
		}})
	}
	body, err := json.Marshal(dict{"success": puts})
	if err != nil {
		log.Fatal(err)
	}
	status, answer := send(c, "POST", etcd+"/v3/kv/txn", "application/json", body)
	if status != http.StatusOK {
		log.Printf("etcd: %d %s", status, answer)
	}
	return status
}
