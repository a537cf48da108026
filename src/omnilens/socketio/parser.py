"""RFC 6455 without I/O: the parser of `websockets`, and the one thing in which Autobahn's suite disagrees with it."""

from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol


class Parser(Protocol):
    def recv_frame(self, frame: Frame) -> None:
        # Like any control frame, a close may come between the fragments of a message
        # (https://www.rfc-editor.org/rfc/rfc6455#section-5.4): goodbye is answered, and is no protocol error.
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)
