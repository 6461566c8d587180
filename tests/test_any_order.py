"""Every chapter's exercises in one kernel, again and again: each after each."""

import itertools
import logging
import threading

import pytest

from workbook import progress
from workbook.author import proof
from workbook.exercises import chapters


class Kernel:
    """A solved notebook's cells and the objects that they made so far."""

    def __init__(self, stem):
        self.chapter = chapters.load(stem)
        self.namespace = {"__name__": "__main__"}
        self.checks = [exercise.check for exercise in self.chapter.exercises]
        self.solved = {exercise.cell: exercise.fill(exercise.solution) for exercise in self.chapter.exercises}

    def run(self, cells):
        """Run the code cells of those numbers; the cards of the checks among them."""
        cards = []
        for number in cells:
            cell = self.chapter.cells[number]
            if cell["cell_type"] == "code":
                source = self.solved.get(number, "".join(cell["source"]))
                shown = proof.execute(source, f"<{self.chapter.stem}, cell {number}>", self.namespace, True)
                if number in self.checks:
                    cards.append(shown)
        return cards


def each_after_each(things):
    """A sequence in which each of ``things`` comes directly after each of them, itself too."""
    # The words of one and two letters in the order of a dictionary: a de Bruijn sequence.
    words = [things[i : i + 1] + things[j : j + 1] * (j > i) for i in range(len(things)) for j in range(i, len(things))]
    return [*itertools.chain(*words), things[0]]


def test_each_comes_after_each():
    assert "".join(each_after_each("abc")) == "aabacbbcca"


@pytest.fixture
def talkative():
    """A driver that logs on a thread of its own all the time, as one does whose server went away."""
    done = threading.Event()

    def talk():
        while not done.wait(0.01):
            logging.getLogger("cassandra.cluster").warning("connection refused")

    thread = threading.Thread(target=talk)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.mark.parametrize("stem", chapters.stems())
@pytest.mark.usefixtures("talkative")
def test_every_solution_is_done_again_after_any_other(stem):
    kernel = Kernel(stem)
    # What belongs to an exercise: all since the check before it.
    blocks = [range(start + 1, end + 1) for start, end in itertools.pairwise([-1, *kernel.checks])]
    with progress.unrecorded():  # which each notebook asks for itself, for as long as its kernel lives
        run = kernel.run(range(len(kernel.chapter.cells)))
        run += kernel.run(itertools.chain(*each_after_each(blocks)))
    assert [str(card) for card in run if card.outcome != "done"] == []
    assert len(run) == len(blocks) * (len(blocks) + 1) + 1
