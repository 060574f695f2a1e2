"""What can be done in a workspace, in one bag: for the Web API and for people alike."""

from dataclasses import dataclass

from bot.workspace.assistants import Assistants
from bot.workspace.channels import Channels
from bot.workspace.filing import Filing
from bot.workspace.functions import Functions
from bot.workspace.installing import Installing
from bot.workspace.interactions import Interactions
from bot.workspace.people import People
from bot.workspace.pinning import Pinning
from bot.workspace.room import Room
from bot.workspace.scheduled import Scheduled
from bot.workspace.streams import Streams
from bot.workspace.views import Views


@dataclass
class Tools:
    """Everything that changes a workspace."""

    room: Room
    channels: Channels
    people: People
    filing: Filing
    pinning: Pinning
    scheduled: Scheduled
    assistants: Assistants
    streams: Streams
    functions: Functions
    installing: Installing
    views: Views
    interactions: Interactions
