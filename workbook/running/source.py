"""Where a function stands, as a reader of the app finds it."""

import functools
import inspect
import sysconfig
from pathlib import Path, PurePath

LIBRARIES = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}


def source_of(function, folder):
    """ "file.py:line" relative to ``folder``, the module for an installed package, None if unknown.

    A view made of a class is where the class is; what has been wrapped, where the innermost
    function is. A line is that of the first decorator.
    """
    function = getattr(function, "view_class", function)
    if isinstance(function, type):
        try:
            path, line = inspect.getsourcefile(function), inspect.getsourcelines(function)[1]
        except (OSError, TypeError):
            return None
        return _place(path, line, folder, function.__module__)
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    if not hasattr(function, "__code__") and callable(function):
        # An object that is called; of a bound method __code__ is its function's.
        function = type(function).__call__
    code = getattr(function, "__code__", None)
    return code and _place(code.co_filename, code.co_firstlineno, folder, function.__module__)


def _place(path, line, folder, module):
    where = _relative(path, folder)
    return f"{where}:{line}" if where else module


@functools.lru_cache
def _relative(path, folder):
    """``path`` as the app's author writes it; None for a file that is not the app's."""
    if path.startswith("<"):  # a cell's
        return path
    path = PurePath(path)
    if any(path.is_relative_to(library) for library in LIBRARIES) or not path.is_relative_to(Path(folder)):
        return None
    return path.relative_to(folder).as_posix()
