"""What the court does with each message that it receives: one act a message."""

from ccsp.actes.defense import recevoir_memoire, recevoir_piece
from ccsp.actes.instruction import repondre
from ccsp.actes.requete import enregistrer
from fps.kit.engine.definition import Handler
from fps.messages.message import MessageClass
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import ReponseRegularisation, Requete

HANDLERS: dict[MessageClass, Handler] = {
    Requete: enregistrer,
    ReponseRegularisation: repondre,
    MemoireDefense: recevoir_memoire,
    PieceDefense: recevoir_piece,
}
