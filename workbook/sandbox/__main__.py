import sys

from workbook.sandbox import main

sys.exit(main())
