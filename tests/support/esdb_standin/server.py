"""The stand-in as a server on a port, with its restarts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import grpc.aio  # type: ignore[import-untyped]
from esdbclient.protos.Grpc import gossip_pb2, gossip_pb2_grpc, shared_pb2, streams_pb2_grpc

from tests.support.esdb_standin.faults import Faults
from tests.support.esdb_standin.log import Log
from tests.support.esdb_standin.streams import Streams

MESSAGE_BYTES_MAX: Final = 17 * 1024 * 1024


class Gossip(gossip_pb2_grpc.GossipServicer):
    """A cluster of one, its leader."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def Read(  # noqa: N802 (the protocol's name)
        self,
        request: shared_pb2.Empty,
        context: object,
    ) -> gossip_pb2.ClusterInfo:
        """The members of the cluster."""
        member = gossip_pb2.MemberInfo(
            state=gossip_pb2.MemberInfo.VNodeState.Leader,
            is_alive=True,
            http_end_point=gossip_pb2.EndPoint(address="127.0.0.1", port=self._port),
        )
        return gossip_pb2.ClusterInfo(members=[member])


class StandIn:
    """A node on 127.0.0.1. `log` and `port` outlive its restarts."""

    def __init__(self, log: Log, port: int = 0) -> None:
        self.log = log
        self.faults = Faults()
        self.port = port
        self._server: grpc.aio.Server | None = None

    @property
    def connection_string(self) -> str:
        """For a client."""
        return f"esdb://127.0.0.1:{self.port}?Tls=false"

    async def start(self) -> None:
        """Listen on `port`, on a free one the first time when it is 0."""
        server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
                ("grpc.so_reuseport", 0),
                # The product's server does not count signs of life against a client; gRPC's own does.
                ("grpc.http2.max_ping_strikes", 0),
            ]
        )
        self.port = server.add_insecure_port(f"127.0.0.1:{self.port}")
        streams_pb2_grpc.add_StreamsServicer_to_server(Streams(self.log, self.faults), server)  # type: ignore[no-untyped-call]
        gossip_pb2_grpc.add_GossipServicer_to_server(Gossip(self.port), server)  # type: ignore[no-untyped-call]
        await server.start()
        self._server = server

    async def stop(self) -> None:
        """Break every connection and stop listening; recent ids are forgotten, records are not."""
        if self._server is not None:
            await self._server.stop(grace=None)
            self._server = None
        self.log.forget_recent_ids()

    async def restart(self) -> None:
        """Break every connection and listen again on the same port."""
        await self.stop()
        await self.start()

    async def serve(self) -> None:
        """Wait until the server has ended."""
        if self._server is not None:
            await self._server.wait_for_termination()


@asynccontextmanager
async def standin(file: Path | None = None, port: int = 0) -> AsyncIterator[StandIn]:
    """A running stand-in, its records in `file` or in memory."""
    log = Log(file)
    node = StandIn(log, port)
    try:
        await node.start()
        yield node
    finally:
        await node.stop()
        log.close()
