"""The story of the demo, one file per chapter, told in the order of a deal."""

from . import (
    catalogue,
    commission,
    company,
    deals,
    hardware,
    marketplace,
    parties,
    payments,
    people,
    price_list,
    sellout,
    stock,
)
from .paper import no_waiting
from .story import Story

CHAPTERS = (
    people,
    parties,
    catalogue,
    price_list,
    stock,
    hardware,
    marketplace,
    deals,
    commission,
    sellout,
)


def tell(env):
    """Build the data of the demo, through the methods that users call.

    The same database on the same day gives the same story: nothing is random.
    """
    story = Story(env)
    company.tell(story)  # first: documents are printed on its letterhead
    story.habits.append(payments.pay_until)
    with no_waiting(story.env):
        for chapter in CHAPTERS:
            chapter.tell(story)
    marketplace.tell_of_a_difference(story)
    people.promote_admin(story)
    story.deliver_mails()
