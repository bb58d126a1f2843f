module github.com/policygen/policygen

go 1.26

require (
	github.com/pelletier/go-toml/v2 v2.4.3 // indirect
	github.com/yuin/goldmark v1.8.7 // indirect
)
