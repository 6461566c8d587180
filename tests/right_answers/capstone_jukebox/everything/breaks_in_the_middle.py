"""a loop without a condition"""

before = None
while True:
    count = 0
    for row in page(before, size):
        yield row
        before = row["id"]
        count += 1
    if count < size:
        break
