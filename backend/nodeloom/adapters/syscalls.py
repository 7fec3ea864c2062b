"""A seccomp filter: which system calls a person's code can't make, whatever else its sandbox leaves open.

No new processes (a fork bomb has nothing to fork with), no sockets of any kind, no namespaces, no mounts, and none of
the calls that kernels were most often broken through.
"""

import platform
import struct
from collections.abc import Mapping
from typing import Final

# struct seccomp_data: the call's number, the architecture, the instruction pointer, then six arguments of 8 bytes.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD: Final = 0x00010000
_X32: Final = 0x40000000

# The same numbers on every architecture from Linux 5 on.
_NEWER: Final = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "pidfd_getfd": 438,
    "mount_setattr": 442,
}  # fmt: skip
_CLONE3: Final = 435
_X86_64: Final = {
    "socket": 41, "fork": 57, "vfork": 58, "ptrace": 101, "personality": 135, "pivot_root": 155, "chroot": 161,
    "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169, "init_module": 175, "delete_module": 176,
    "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
    "userfaultfd": 323,
}  # fmt: skip
_AARCH64: Final = {
    "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "personality": 92, "unshare": 97, "kexec_load": 104,
    "init_module": 105, "delete_module": 106, "ptrace": 117, "reboot": 142, "socket": 198, "add_key": 217,
    "request_key": 218, "keyctl": 219, "swapon": 224, "perf_event_open": 241, "name_to_handle_at": 264,
    "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "finit_module": 273, "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip
# The machine's name: AUDIT_ARCH_…, the number of clone, and the calls to refuse.
_MACHINES: Final[Mapping[str, tuple[int, int, Mapping[str, int]]]] = {
    "x86_64": (0xC000003E, 56, _X86_64),
    "aarch64": (0xC00000B7, 220, _AARCH64),
}


def refusing() -> bytes | None:
    """The filter for this machine as a BPF program; None where its calls are not known."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return None
    architecture, clone, refused = known
    program = [
        _step(_LOAD, _ARCHITECTURE),
        # Calls of another architecture have other numbers: a program that makes one is ended.
        _jump(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _jump(_AT_LEAST, _X32, 0, 1),
        _step(_RETURN, _KILL),
        # glibc takes this for an old kernel and makes its threads by clone, whose flags can be looked at.
        _jump(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _REFUSE | _ENOSYS),
    ]
    for number in (*refused.values(), *_NEWER.values()):
        program += [_jump(_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE | _EPERM)]
    program += [
        _jump(_EQUAL, clone, 0, 3),
        _step(_LOAD, _FIRST_ARGUMENT),
        _jump(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _REFUSE | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int) -> bytes:
    return struct.pack("<HBBI", code, 0, 0, value)


def _jump(code: int, value: int, if_so: int, else_: int) -> bytes:
    return struct.pack("<HBBI", code, if_so, else_, value)
