"""a dict made by a comprehension"""

lifetimes = {name: "app" if name in {"letters", "news"} else "context" for name in "stock letters post news".split()}
