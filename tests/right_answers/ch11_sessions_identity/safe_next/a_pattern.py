"""a pattern of what may pass"""

import re

if target is not None and re.fullmatch(r"/(?![/\\])[ -~]*", target):
    return target
return "/"
