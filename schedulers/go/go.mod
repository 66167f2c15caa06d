module antinode/cell-go

go 1.19
