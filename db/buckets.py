"""Files in a bucket of a server that speaks S3, so that several machines share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from db.errors import StoreError
from db.files import FileStore, Stored, address, is_address, missing

GONE = ("404", "NoSuchKey", "NotFound")
PART_BYTES = 8 * 2**20


class BucketStore(FileStore):
    """Files as objects ``prefix/ab/abcd…``. Needs the extra ``s3``; who may enter is told as boto3 is told.

    Objects become visible whole or not at all (Amazon S3 user guide, "Amazon S3 data consistency model").

    Parameters
    ----------
    bucket, prefix : str
        The bucket, and the workspace's own part of it.
    endpoint : str
        Address of the server; empty means Amazon's own.
    staging : Path
        A folder on this machine where files are written before they are sent.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str, staging: Path) -> None:
        super().__init__(f"s3://{bucket}/{prefix}", staging)
        self.bucket, self.prefix = bucket, prefix
        self._client = _client(endpoint)

    def holds(self, digest: str) -> bool:
        with _in_words(self.place):
            try:
                self._client.head_object(**self._at(digest))
            except Exception as error:
                if _code(error) in GONE:
                    return False
                raise
        return True

    def remove(self, digest: str) -> None:
        with _in_words(self.place):
            self._client.delete_object(**self._at(digest))

    def listing(self) -> Iterator[Stored]:
        with _in_words(self.place):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/")
            for found in (entry for page in pages for entry in page.get("Contents", ())):
                digest = found["Key"].rsplit("/", 1)[-1]
                if is_address(digest) and found["Key"] == self._at(digest)["Key"]:
                    yield Stored(digest, found["Size"], found["LastModified"])

    def _at(self, digest: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}/{address(digest)[:2]}/{digest}"}

    def _take(self, digest: str, staged: Path) -> None:
        from boto3.s3.transfer import TransferConfig

        settled = TransferConfig(multipart_chunksize=PART_BYTES, max_concurrency=2)
        at = self._at(digest)
        with _in_words(self.place):
            self._client.upload_file(str(staged), at["Bucket"], at["Key"], Config=settled)

    @contextmanager
    def _opened(self, digest: str) -> Iterator[BinaryIO]:
        with _in_words(self.place):
            try:
                body = self._client.get_object(**self._at(digest))["Body"]
            except Exception as error:
                if _code(error) in GONE:
                    raise missing(digest, self.place) from error
                raise
            with body:
                yield cast(BinaryIO, body)


def _client(endpoint: str) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise StoreError("Files in S3 need boto3. Install it: pip install 'digital-persona[s3]'.") from error
    settled = Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 3, "mode": "standard"},
        # Servers other than Amazon's need not know its newer checksums; every read is checked by SHA-256 here.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with _in_words(endpoint or "S3"):
        return boto3.session.Session().client("s3", endpoint_url=endpoint or None, config=settled)


def _code(error: Exception) -> str:
    """Return what an S3 server calls an error; empty for one that came from elsewhere."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


@contextmanager
def _in_words(place: str) -> Iterator[None]:
    """Turn what boto3 or the server says inside the block into a sentence."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except StoreError:
        raise
    except NoCredentialsError as error:
        raise StoreError(
            f"Nobody may enter {place} without a key. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    except (ClientError, BotoCoreError, Boto3Error, ValueError) as error:
        said = _code(error) or type(error).__name__
        raise StoreError(
            f"Files cannot be kept in or read from {place} ({said}). Check DIGITAL_PERSONA_FILES_URL, "
            "DIGITAL_PERSONA_FILES_ENDPOINT, the keys, and that the server runs."
        ) from error
