module cluster

go 1.24
