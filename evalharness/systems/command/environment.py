"""The environment variables that a program gets: ordinary ones, and those that were named."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

_ORDINARY = re.compile(
    r"""
    PATH | HOME | USER | LOGNAME | SHELL | TERM | COLORTERM | HOSTNAME | PWD
    | LANG | LANGUAGE | LC_\w+ | TZ | TMPDIR | TMP | TEMP | XDG_\w+
    | LD_LIBRARY_PATH | DYLD_\w+ | LOCPATH | NIX_LD\w*
    | CUDA_\w+ | NVIDIA_\w+ | NCCL_\w+ | ROCR_\w+ | HIP_\w+ | HSA_\w+ | ROCM_\w+
    | OMP_\w+ | GOMP_\w+ | KMP_\w+ | MKL_\w+ | OPENBLAS_\w+ | VECLIB_\w+ | NUMEXPR_\w+
    | PYTHON\w* | VIRTUAL_ENV | CONDA_\w+ | JAVA_HOME | PERL5LIB
    | HF_\w+ | TRANSFORMERS_\w+ | TORCH_\w+ | PYTORCH_\w+
    | (https? | ftp | all | no)_proxy
    | SSL_CERT_FILE | SSL_CERT_DIR | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE
    """,
    re.VERBOSE,
)
_PROXY = re.compile(r"(HTTPS?|FTP|ALL|NO)_PROXY")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)


def environment(names: Sequence[str]) -> dict[str, str]:
    """Returns what a program is started with.

    Ordinary variables say where programs, libraries, caches and proxies are, which language and
    which devices to use. None whose name speaks of a key, token, secret, password, credential or
    authorization is ordinary.

    Args:
        names: The other variables that it gets, whatever they are called.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in names or (_is_ordinary(name) and not _SECRET.search(name))
    }


def _is_ordinary(name: str) -> bool:
    return bool(_ORDINARY.fullmatch(name) or _PROXY.fullmatch(name))
