# technique: BENIGN - ordinary program: encoding line
# expected: accepted
# expect: ('Doc: ünï.', '1.0')
PAYLOAD = "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\"\"\"Doc: ünï.\"\"\"\n__author__ = 'x'\n__version__ = '1.0'\n__all__ = ['main']\ndef main():\n    return __doc__, __version__\nresult = main()\n"
