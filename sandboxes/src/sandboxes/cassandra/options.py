"""The options of a table (CREATE TABLE ... WITH): checked, completed and written as Cassandra shows them."""

import re
import uuid

from .errors import CONFIGURATION, SERVER, SYNTAX, Fault, refused

COMPACTION, COMPRESSION = "org.apache.cassandra.db.compaction.", "org.apache.cassandra.io.compress."
THRESHOLDS = {"max_threshold": "32", "min_threshold": "4"}
# Most are kept to be shown: only default_time_to_live does something.
OPTIONS = {
    "additional_write_policy": "99p",
    "allow_auto_snapshot": "true",
    "bloom_filter_fp_chance": "0.01",
    "caching": {"keys": "ALL", "rows_per_partition": "NONE"},
    "cdc": "false",
    "comment": "",
    "compaction": {"class": f"{COMPACTION}SizeTieredCompactionStrategy", **THRESHOLDS},
    "compression": {"chunk_length_in_kb": "16", "class": f"{COMPRESSION}LZ4Compressor"},
    "memtable": "default",
    "crc_check_chance": "1.0",
    "default_time_to_live": "0",
    "extensions": {},
    "gc_grace_seconds": "864000",
    "incremental_backups": "true",
    "max_index_interval": "2048",
    "memtable_flush_period_in_ms": "0",
    "min_index_interval": "128",
    "read_repair": "BLOCKING",
    "speculative_retry": "99p",
}
MAX_TTL = 20 * 365 * 24 * 3600  # seconds
INTEGERS = {  # the least of each
    "default_time_to_live": 0,
    "gc_grace_seconds": 0,
    "max_index_interval": 1,
    "memtable_flush_period_in_ms": 0,
    "min_index_interval": 1,
}
YES, NO = ("true", "1", "yes"), ("false", "0", "no")
LEVELED, UNIFIED = f"{COMPACTION}LeveledCompactionStrategy", f"{COMPACTION}UnifiedCompactionStrategy"
LEAST_FALSE_POSITIVES = 6.71e-5


def wrong(what):
    return Fault(CONFIGURATION, what)


def table_options(given, before=OPTIONS, created=False):
    """All options of a table that had those of ``before`` and is ``given`` some; ``created`` with them."""
    for name, value in given.items():
        if name not in OPTIONS and name != "id":
            raise Fault(SYNTAX, f"Unknown property '{name}'")
        if isinstance(value, dict) != isinstance(OPTIONS.get(name), dict):
            map_or_not = "It should be a map." if isinstance(OPTIONS.get(name), dict) else "It should be a string"
            raise Fault(SYNTAX, f"Invalid value for property '{name}'. {map_or_not}")
    check_id(given, created)
    found = before | {name: CHECKS[name](name, value) for name, value in given.items() if name in CHECKS}
    chance = found["bloom_filter_fp_chance"]
    if float(chance) == -1 or (created and "bloom_filter_fp_chance" not in given):
        found["bloom_filter_fp_chance"] = "0.1" if found["compaction"]["class"] == LEVELED else "0.01"
    # What is given is compared with the default of the other too, whatever the table has.
    intervals = OPTIONS | {name: found[name] for name in given if name in found}
    if any(int(has["max_index_interval"]) < int(has["min_index_interval"]) for has in (found, intervals)):
        raise wrong("max_index_interval must be greater than or equal to min_index_interval")
    return found


def check_id(given, created):
    if "id" not in given:
        return
    if not created:
        raise wrong("Cannot alter table id.")
    try:
        uuid.UUID(given["id"])
    except ValueError:
        raise wrong("Invalid table id") from None


def text(name, value):
    return value


def integer(name, value):
    if not re.fullmatch(r"[+-]?\d{1,10}", value) or not -(2**31) <= int(value) < 2**31:
        raise Fault(SYNTAX, f"Invalid integer value {value} for '{name}'")
    number = int(value)
    if number < INTEGERS[name]:
        raise wrong(f"{name} must be greater than or equal to {INTEGERS[name]} (got {number})")
    if name == "default_time_to_live" and number > MAX_TTL:
        raise wrong(f"{name} must be less than or equal to {MAX_TTL} (got {number})")
    return str(number)


def double(name, value):
    try:
        return number_in(float, value)
    except ValueError:
        raise Fault(SYNTAX, f"Invalid double value {value} for '{name}'") from None


def bloom_filter(name, value):
    number = double(name, value)
    if number != -1 and not LEAST_FALSE_POSITIVES < number <= 1:
        raise wrong(f"{name} must be larger than 6.71E-5 and less than or equal to 1.0 (got {number})")
    return str(number)


def crc_check(name, value):
    number = double(name, value)
    if not 0 <= number <= 1:
        raise wrong(f"{name} must be larger than or equal to 0 and smaller than or equal to 1.0 (got {number})")
    return str(number)


def boolean(name, value):
    if value.lower() not in YES + NO:
        raise Fault(SYNTAX, f"Invalid boolean value {value} for '{name}'.")
    return str(value.lower() in YES).lower()


def retry(name, value):
    """A speculative_retry policy: 99p, 50ms, ALWAYS, NEVER, or the MIN or MAX of a percentile and a time."""
    of_two = re.fullmatch(r"(MIN|MAX)\(([^,]+),([^,]+)\)", value, re.I)
    if of_two:
        parts = [one_retry(part.strip()) for part in of_two.groups()[1:]]
        if sorted(re.sub(r"[\d.]", "", part) for part in parts if part) == ["ms", "p"]:
            return f"{of_two[1].upper()}({','.join(parts)})"
        raise wrong(f"Invalid value {value} for option 'speculative_retry'")
    found = one_retry(value) or {"ALWAYS": "ALWAYS", "NEVER": "NEVER", "NONE": "NEVER"}.get(value.upper())
    if found is None:
        raise wrong(f"Invalid value {value} for option 'speculative_retry'")
    return found


def one_retry(value):
    percent = re.fullmatch(r"(\d+(?:\.\d+)?)p(?:ercentile)?", value, re.I)
    if percent:
        if not 0 < float(percent[1]) < 100:
            raise wrong(f"Invalid value {value} for PERCENTILE option: must be between (0.0 and 100.0)")
        return f"{float(percent[1]):g}p"
    fixed = re.fullmatch(r"(\d+)(?:\.\d+)?ms", value, re.I)
    return f"{int(fixed[1])}ms" if fixed else None


def caching(name, value):
    unknown = sorted(value.keys() - {"keys", "rows_per_partition"})
    if unknown:
        raise wrong(f"Invalid caching sub-options {unknown}: only 'keys' and 'rows_per_partition' are allowed")
    keys, rows = [value.get(part, "NONE").upper() for part in ("keys", "rows_per_partition")]
    if keys not in ("ALL", "NONE"):
        raise wrong(f"Invalid value '{keys}' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed")
    if rows not in ("ALL", "NONE") and not re.fullmatch(r"\d{1,9}", rows):
        raise wrong(f"Invalid value '{rows}' for caching sub-option 'rows_per_partition'")
    return {"keys": keys, "rows_per_partition": "NONE" if rows == "0" else rows}


def class_of(value, package, known, what):
    """The full name of a class; Fault if there is none of that name."""
    name = value if "." in value else package + value
    if name.removeprefix(package) not in known:
        raise wrong(f"{what} '{name}'")
    return name


def number_in(kind, value):
    """An int or a float, without what Python alone takes for one."""
    if "_" in value or value != value.strip():
        raise ValueError(value)
    return kind(value)


def number_of(kind, least, above=False):
    """A check of a sub-option: a number, of at least ``least`` or above it."""

    def check(name, value):
        try:
            number = number_in(kind, value)
        except ValueError:
            raise wrong(f"{value} is not a parsable {kind.__name__} for {name}") from None
        if number < least or (above and number == least):
            raise wrong(f"{name} must be greater than {least}, but was {value}")

    return check


def one_of(*allowed):
    def check(name, value):
        if value.upper() not in allowed:
            raise wrong(f"{value} is not valid for {name}")

    return check


def not_here(name, value):
    raise refused(f"the compaction option {name}")


def unsafe(name, value):
    if value.lower() == "true":
        raise wrong(f"{name} is requested but not allowed")


UNITS = "NANOSECONDS MICROSECONDS MILLISECONDS SECONDS MINUTES HOURS DAYS".split()
ANY_STRATEGY = {
    "enabled": one_of("TRUE", "FALSE"),
    "log_all": one_of("TRUE", "FALSE"),
    "only_purge_repaired_tombstones": one_of("TRUE", "FALSE"),
    "provide_overlapping_tombstones": one_of("NONE", "ROW", "CELL"),
    "tombstone_compaction_interval": number_of(int, 0, above=True),
    "tombstone_threshold": number_of(float, 0, above=True),
    "unchecked_tombstone_compaction": one_of("TRUE", "FALSE"),
}
SIZE_TIERED = ANY_STRATEGY | {
    "bucket_high": number_of(float, 0),
    "bucket_low": number_of(float, 0),
    "max_threshold": None,
    "min_sstable_size": number_of(int, 0),
    "min_threshold": None,
}
STRATEGIES = {
    "SizeTieredCompactionStrategy": SIZE_TIERED,
    "LeveledCompactionStrategy": SIZE_TIERED
    | {
        "fanout_size": number_of(int, 0, above=True),
        "single_sstable_uplevel": one_of("TRUE", "FALSE"),
        "sstable_size_in_mb": number_of(int, 0, above=True),
    },
    "TimeWindowCompactionStrategy": SIZE_TIERED
    | {
        "compaction_window_size": number_of(int, 1),
        "compaction_window_unit": one_of("MINUTES", "HOURS", "DAYS"),
        "expired_sstable_check_frequency_seconds": number_of(int, 0),
        "timestamp_resolution": one_of(*UNITS),
        "unsafe_aggressive_sstable_expiration": unsafe,
    },
    "UnifiedCompactionStrategy": ANY_STRATEGY
    | dict.fromkeys(
        "base_shard_count expired_sstable_check_frequency_seconds flush_size_override max_sstables_to_compact "
        "min_sstable_size overlap_inclusion_method scaling_parameters sstable_growth target_sstable_size "
        "unsafe_aggressive_sstable_expiration".split(),
        not_here,
    ),
}


def compaction(name, value):
    """The class by its whole name, and the thresholds that it has where they are not given."""
    options = dict(value)
    if not options.get("class"):
        raise wrong("Missing sub-option 'class' for the 'compaction' option")
    strategy = class_of(options.pop("class"), COMPACTION, STRATEGIES, "Unable to find compaction strategy class")
    known = STRATEGIES[strategy.removeprefix(COMPACTION)]
    unknown = sorted(options.keys() - known.keys())
    if unknown:
        raise wrong(f"Properties specified {unknown} are not understood by {strategy.rpartition('.')[2]}")
    for option, given in options.items():
        if known[option]:
            known[option](option, given)
    if float(options.get("bucket_high", 1.5)) <= float(options.get("bucket_low", 0.5)):
        raise wrong("bucket_high value is less than or equal to the bucket_low value")
    if strategy != UNIFIED:
        options = THRESHOLDS | options
        check_thresholds(options)
    return dict(sorted({"class": strategy, **options}.items()))


def check_thresholds(options):
    low, high = [threshold(name, options[name]) for name in ("min_threshold", "max_threshold")]
    if low < 2:
        raise wrong(f"Min compaction threshold cannot be less than 2 (got {low})")
    if low > high:
        raise wrong(
            f"Min compaction threshold (got {low}) cannot be greater than max compaction threshold (got {high})"
        )


def threshold(name, value):
    if not re.fullmatch(r"-?\d{1,9}", value):
        raise wrong(f"Invalid value {value} for '{name}' compaction sub-option - must be an integer")
    return int(value)


COMPRESSORS = {
    "LZ4Compressor": {"lz4_compressor_type": {"high", "fast"}, "lz4_high_compressor_level": range(1, 18)},
    "SnappyCompressor": {},
    "DeflateCompressor": {},
    "NoopCompressor": {},
    "ZstdCompressor": {"compression_level": range(-(2**17), 23)},
}


def compression(name, value):
    """The class by its whole name, and its chunk_length_in_kb; none is ``{'enabled': 'false'}``."""
    options = dict(value)
    enabled = options.pop("enabled", "true").lower() == "true"
    if not enabled and options:
        raise wrong("If the 'enabled' option is set to false no other options must be specified")
    if not value or not enabled:
        return {"enabled": "false"}
    if not options.get("class"):
        raise wrong("Missing sub-option 'class' for the 'compression' option.")
    found = class_of(options.pop("class"), COMPRESSION, COMPRESSORS, "Could not create Compression for type")
    result = {"chunk_length_in_kb": chunk_length(options.pop("chunk_length_in_kb", "16")), "class": found}
    if "min_compress_ratio" in options:
        result["min_compress_ratio"] = least_ratio(options.pop("min_compress_ratio"))
    known = COMPRESSORS[found.removeprefix(COMPRESSION)]
    for option, given in options.items():
        if option not in known:
            raise wrong(f"Unknown compression options {option}")
        allowed = known[option]
        if given not in allowed if isinstance(allowed, set) else not in_range(given, allowed):
            raise wrong(f"{option}={given} is invalid")
    return dict(sorted((result | options).items()))


def in_range(value, allowed):
    return re.fullmatch(r"-?\d{1,9}", value) is not None and int(value) in allowed


def chunk_length(value):
    if not re.fullmatch(r"-?\d{1,9}", value):
        raise wrong("Invalid value for chunk_length_in_kb")
    if int(value) <= 0:
        raise wrong("Invalid negative or null chunk_length_in_kb")
    if int(value) & (int(value) - 1):
        raise wrong("chunk_length_in_kb must be a power of 2")
    return str(int(value))


def least_ratio(value):
    try:
        number = number_in(float, value)
    except ValueError:
        raise wrong("Invalid value for min_compress_ratio") from None
    if number != 0 and not number >= 1:
        raise wrong("min_compress_ratio can either be 0 or greater than or equal to 1")
    return str(number)


def memtable(name, value):
    if value != "default":
        raise wrong(f'Memtable configuration "{value}" not found.')
    return value


def read_repair(name, value):
    if value.upper() not in ("BLOCKING", "NONE"):
        raise Fault(SERVER, f"No enum constant ReadRepairStrategy.{value.upper()}")
    return value.upper()


CHECKS = {
    "additional_write_policy": retry,
    "allow_auto_snapshot": boolean,
    "bloom_filter_fp_chance": bloom_filter,
    "caching": caching,
    "cdc": boolean,
    "comment": text,
    "compaction": compaction,
    "compression": compression,
    "crc_check_chance": crc_check,
    "incremental_backups": boolean,
    "memtable": memtable,
    "read_repair": read_repair,
    "speculative_retry": retry,
    **dict.fromkeys(INTEGERS, integer),
}


def stored(options):
    """As ``system_schema.tables`` has them: what is as it always is has no value there."""
    shown = options | {"cdc": None, "memtable": None}
    for name in ("allow_auto_snapshot", "incremental_backups"):
        shown[name] = None if options[name] == "true" else "false"
    return shown
