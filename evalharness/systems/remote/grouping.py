"""Which texts go into one request, within what a server takes."""

from __future__ import annotations

from collections.abc import Sequence


def fill_requests(sizes: Sequence[int], most_texts: int, most_size: int) -> list[list[int]]:
    """Fills requests in order.

    Args:
        sizes: The size of each text, in the unit of the server's limit: characters, bytes.
        most_texts: How many texts a request may have.
        most_size: How large all of them together may be; a larger one goes alone.

    Returns:
        The positions of the texts of each request.
    """
    requests: list[list[int]] = []
    room = 0
    for position, size in enumerate(sizes):
        if not requests or len(requests[-1]) == most_texts or size > room:
            requests.append([])
            room = most_size
        requests[-1].append(position)
        room -= size
    return requests
