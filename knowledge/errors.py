"""Errors that a person meets: each with a stable code, and the one place where its wording lives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """`message` says what happened, `hint` what to do next; both may hold {fields}."""

    message: str
    hint: str
    status: int = 400


WORDINGS = {
    "not-a-member": Wording(
        "You can't write to {space}.", "Ask one of its maintainers to make you an author: {maintainers}.", 403
    ),
    "private-posts": Wording(
        "{space} holds private posts, so only its members can clone it.",
        "Read its other posts in the portal, or ask a maintainer to make you a reader: {maintainers}.",
        403,
    ),
    "not-a-maintainer": Wording(
        "Only maintainers of {space} can do that.", "Ask one of them: {maintainers}.", 403
    ),
    "nothing-to-pass": Wording(
        "Revision {revision} isn’t kept from being published by anything that was found in it.",
        "Look at the post: it is published, or somebody let it through before you.",
        409,
    ),
    "no-note": Wording(
        "Nobody will know why it was let through.", "Say in a few words why it may be published.", 400
    ),
    "shift-without-note": Wording(
        "Nobody will know why the number is at another level since.", "Say in a few words what happened.", 400
    ),
    "no-such-reading": Wording(
        "No reading of {name} is of revision {number}.", "Name one of those that its history lists.", 404
    ),
    "not-a-keeper": Wording(
        "That is for those who wrote this post, who own it, and for maintainers of {space}.",
        "Ask one of its maintainers: {maintainers}.",
        403,
    ),
    "suggestion-applied": Wording(
        "What this comment suggests is in commit {commit} by now.", "Reply to it instead.", 409
    ),
    "no-suggestion": Wording("This comment suggests no other text.", "Write the change yourself.", 400),
    "suggestion-outdated": Wording(
        "The text that this suggestion was made for is not there any more.",
        "Make the change by hand, or ask {author} for a new suggestion.",
        409,
    ),
    "suggestion-changed": Wording(
        "{author} changed this suggestion while you looked at it.", "Look at it again, then apply it.", 409
    ),
    "suggestion-there": Wording(
        "Revision {number} reads as this suggestion has it.", "Resolve the conversation.", 409
    ),
    "moved-on": Wording(
        "Somebody pushed another {path} this moment.", "Look at the new revision, then try again.", 409
    ),
    "not-published": Wording(
        "{path} was never published, so there is nothing yet that could be true.",
        "Have it published first.",
        409,
    ),
    "header-says": Wording(
        "The header of {path} says when to look at it again.",
        "Change `review_by` or `refresh_every` there, and push.",
        409,
    ),
    "no-reason": Wording("Nobody would know why.", "Say in a sentence why it is put away.", 400),
    "nothing-to-restore": Wording(
        "{path} is as it was in revision {number}.", "Choose a revision that differs from it.", 409
    ),
    "place-taken": Wording(
        "Another post lies at {path} by now.", "Download the old revision, and push it to another path.", 409
    ),
    "not-kept": Wording(
        "The source of revision {number} was too large to be kept here.",
        "Bring it back with git: the repository has it.",
        409,
    ),
    "search-took-long": Wording(
        "This search took too long, and was stopped.",
        "Use a rarer word, or narrow it with a space, a tag or an author, such as space:growth.",
        422,
    ),
    "archived": Wording("{path} is archived already.", "Take it out of the archive first.", 409),
    "not-superseding": Wording(
        "{path} can't take the place of this post: {why}.",
        "Name another post of this space, by its path or its address.",
        400,
    ),
    "not-an-observer": Wording(
        "What you observe of {name} counts nowhere: no post rests on it in a space where you may write.",
        "Ask who looks after it to send it, or to make you its owner: {owner}.",
        403,
    ),
    "not-the-data-owner": Wording(
        "{name} isn’t yours to look after.",
        "Ask {owner}. What has no owner can be taken by who maintains all spaces whose posts rest on it.",
        403,
    ),
    "not-the-investigator": Wording(
        "Only who looks into it can say what came of it.", "Ask {owner}, or the dataset’s owner.", 403
    ),
    "investigation-closed": Wording(
        "This investigation is closed already.",
        "Look at what came of it. The next failure opens another.",
        409,
    ),
    "why-cleared": Wording(
        "Whoever was warned wants to know what came of it.", "Say in a few words what it was.", 400
    ),
    "holds-or-not": Wording(
        "That says nothing of the numbers.", "Send one of {choices}, or leave it out.", 400
    ),
    "wrong-backwards": Wording(
        "The data can't have been wrong until a time before it was.", "Put the earlier one first.", 400
    ),
    "observed-ahead": Wording(
        "{at} is still to come.", "Send when it was observed, with its time zone; check the clock.", 400
    ),
    "not-a-result": Wording("This is no result that can be read: {why}.", "See {docs}.", 400),
    "no-such-span": Wording(
        "{span!r} is no span of time.", "Write it as 1h, 1d, 2w or 1mo, up to a year.", 400
    ),
    "last-maintainer": Wording(
        "{user} is the last maintainer of {space}.", "Make someone else a maintainer first.", 409
    ),
    "no-such-user": Wording(
        "There is nobody named {user} here.", "Check the spelling of the user name.", 400
    ),
    "not-unclaimed": Wording(
        "{user} is an account that somebody uses or used, not a person whom an import made.",
        "Name the imported person first, then the account that they belong to.",
        409,
    ),
    "merged-elsewhere": Wording(
        "{user} belongs to {account} already.", "A mistake is mended in the administration.", 409
    ),
    "no-account": Wording(
        "{user} has not signed in yet, or is another name of somebody.",
        "Name the account that the person signs in with.",
        409,
    ),
    "space-exists": Wording("There is a space named {space} already.", "Choose another name.", 409),
    "bad-space-name": Wording(
        "{space!r} can't be the address of a space.",
        "Use lower-case letters, digits and hyphens, beginning and ending with a letter or digit.",
        400,
    ),
    "no-document": Wording(
        "{name} is not a kind of document that Almanac can show.", "It shows: {formats}.", 415
    ),
    "script-without-header": Wording(
        "{name} is a script without a header, which makes no post.",
        "Begin it with a header in comments: `# ---`, `# title: What we found`, `# ---`.",
        415,
    ),
    "zip-of-files": Wording(
        "{name} is there to download: what is in a zip makes no posts.",
        "Unpack it and upload the folder. A post that knowledge-repo packed has a name that ends with .kp.",
        415,
    ),
    "bad-path": Wording("{path!r} can't be a path in the repository.", "{reason}", 400),
    "too-large": Wording("{name} has {size} MB.", "It may have {limit} MB at the most.", 413),
    "empty-file": Wording("{name} is empty.", "Save it in your editor and try again.", 400),
    "path-taken": Wording(
        "{path} can't be written: it is a folder in {space}, or lies inside a file.",
        "Choose another path.",
        409,
    ),
    "no-such-space": Wording(
        "There is no space named {space}.", "Check the spelling, or add --create to make it.", 404
    ),
    "no-such-source": Wording(
        "There is nothing at {path}.", "Check the path; it counts from where the command is run.", 400
    ),
    "nothing-to-import": Wording(
        "{path} holds no posts of a knowledge-repo.",
        "Name a repository, folder or zip in which .kp posts lie; without git, plain documents that begin "
        "with a header count too. A git repository of plain documents is pushed to its space instead.",
        400,
    ),
    "unreadable-source": Wording(
        "{path} can't be read: {reason}", "See that the repository is whole, and yours to read.", 400
    ),
    "borrowed-source": Wording(
        "{path} is not all of its repository: {name} leads elsewhere, and what lies there would come along.",
        "If whoever made it may read that too, clone it (git clone --no-local) and import the clone.",
        400,
    ),
    "no-such-branch": Wording(
        "The source has no branch {branch}.", "Name the one with the published posts with --branch.", 400
    ),
    "review-role": Wording(
        "{what} is for {role}s of {space}; you are {yours}.",
        "Ask one of its maintainers to make you one: {maintainers}.",
        403,
    ),
    "own-work": Wording(
        "You wrote part of what is reviewed here, so {what} is for others.",
        "Ask a reviewer of {space}: {reviewers}.",
        403,
    ),
    "not-your-review": Wording(
        "{what} is for those who wrote it and for maintainers of {space}.",
        "Ask one of them: {maintainers}.",
        403,
    ),
    "review-closed": Wording(
        "This review is {state}, so there is nothing left to {what}.",
        "Open the post's newest review, or ask for a new one.",
        409,
    ),
    "review-moved-on": Wording(
        "Revision {newest} came while you looked at revision {seen}.",
        "Your words are kept. Look at what changed, then send them again.",
        409,
    ),
    "not-readable": Wording(
        "Revision {number} can't be read yet, so nobody can approve it.",
        "Wait until it is rendered; if it failed, it has to be mended and pushed again.",
        409,
    ),
    "empty-verdict": Wording("There is nothing to send yet.", "Write a sentence, or comment on a cell.", 400),
    "nothing-to-review": Wording(
        "{path} has no revision that could be reviewed.",
        "Push the document first, then ask for a review.",
        409,
    ),
    "review-open": Wording("{path} is in review already.", "Join it: {url}", 409),
    "not-a-reviewer": Wording(
        "{user} can't review in {space}.", "Name one of its reviewers or maintainers: {reviewers}.", 400
    ),
    "nothing-to-follow": Wording(
        "There is nothing of that name that you can follow.", "Check the spelling of what you name.", 404
    ),
    "follows-too-much": Wording(
        "You follow {limit} things already.", "Stop following some of them first.", 409
    ),
    "not-yours-to-name": Wording(
        "Names of tags count in every space, so they are for those who run this portal.",
        "Tell them which tag should be called what.",
        403,
    ),
    "not-the-keeper": Wording(
        "What a tag means is written by its keeper, and by those who run this portal.",
        "Ask them to make you its keeper.",
        403,
    ),
    "no-such-tag": Wording("There is no tag {tag}.", "Check the spelling.", 404),
    "bad-tag": Wording(
        "A tag needs a name.", "Write one: a word or two, as it should stand below posts.", 400
    ),
    "tag-exists": Wording("There is a tag {tag} already.", "Merge the two.", 409),
    "same-tag": Wording("{tag} is what it is called already.", "Choose another name.", 409),
    "not-a-curator": Wording(
        "Collections of {where} are made by those who write there.",
        "Ask to become an author: {maintainers}.",
        403,
    ),
    "no-title": Wording("A collection needs a title.", "Say in a few words what it is for.", 400),
    "long-introduction": Wording(
        "The introduction has {size} kB.", "It may have {limit} kB at the most.", 400
    ),
    "full-collection": Wording(
        "A collection holds {limit} posts.", "Take one out, or begin another collection.", 409
    ),
    "not-in-collection": Wording(
        "This post is not in the collection any more.", "Look at the list again.", 409
    ),
    "not-its-collection": Wording(
        "This collection belongs to another space.", "Choose one of the space, or of the portal.", 400
    ),
    "no-such-collection": Wording("There is no such collection.", "Check its number.", 404),
    "no-such-channel": Wording(
        "There is no such choice.", "Choose one of the columns for one of the rows.", 400
    ),
    "bad-webhook-url": Wording("{url} can't be called: {reason}.", "{hint}", 400),
    "bad-webhook-events": Wording("There is no event {event}.", "The events are: {events}.", 400),
    "not-your-webhook": Wording("This webhook is somebody else's.", "Ask them to change it.", 403),
    "too-many-webhooks": Wording("There are {limit} webhooks already.", "Delete one of them first.", 409),
    "empty-comment": Wording("There is nothing to send yet.", "Write what you want to say.", 400),
    "long-comment": Wording(
        "This comment has {size} kB.",
        "It may have {limit} kB at the most: make a post of what is longer, and link to it.",
        400,
    ),
    "too-many-drafts": Wording(
        "You have {limit} comments that you didn’t send yet.",
        "Send them with a verdict, or take them back, on the pages of the reviews that they are for.",
        429,
    ),
    "too-many-comments": Wording(
        "You sent {limit} comments within a minute.", "Wait a moment; what you wrote is kept.", 429
    ),
    "not-your-comment": Wording(
        "Only who wrote a comment can change it.", "Reply to it, and say what is wrong with it.", 403
    ),
    "not-yours-to-delete": Wording(
        "Only who wrote a comment, and the maintainers of its space, can delete it.",
        "Ask one of them: {maintainers}.",
        403,
    ),
    "not-yours-to-settle": Wording(
        "Only who started a conversation, the post's authors and its space's maintainers can do that.",
        "Say in a reply that you think it is settled, or ask one of them: {maintainers}.",
        403,
    ),
    "comment-deleted": Wording("This comment was deleted.", "Write a new one.", 409),
    "post-is-gone": Wording(
        "{title} was deleted from its repository, so its conversation is closed.",
        "It can still be read.",
        409,
    ),
    "no-such-place": Wording(
        "There is no {place} in revision {number}.",
        "Name a cell by its id or number, as in `cell-7`, or comment on the post as a whole.",
        400,
    ),
    "not-published-yet": Wording(
        "Revision {number} is not published yet, and the conversation is for what readers see.",
        "Say it in its review, or comment once it is published.",
        409,
    ),
    "not-your-figures": Wording(
        "How much a post is read is for those who wrote it, and for those who may write in {space}.",
        "Ask one of its maintainers: {maintainers}.",
        403,
    ),
    "not-your-own-figures": Wording(
        "How much is read of what {name} wrote is for {name} alone, and for who runs this portal.",
        "Your own are under “Your readers” in the menu of your account.",
        403,
    ),
    "no-figures-of-tag": Wording(
        "You see the reading figures of no post with the tag {tag}.",
        "They are for those who wrote the posts, and for those who may write in their spaces.",
        403,
    ),
    "no-such-post": Wording("There is no such post.", "Check the address.", 404),
    "no-such-sign": Wording("There is no reaction {sign}.", "It can be one of: {signs}.", 400),
    "not-a-question": Wording("This conversation asks nothing.", "Resolve it instead.", 409),
    "no-such-question": Wording("There is no such question.", "Look for it on the board.", 404),
    "question-not-yours": Wording("{what} is for {who}.", "If it can’t wait for them, ask {keepers}.", 403),
    "question-state": Wording(
        "This question is {state}, so there is no {what} now.", "Look at what became of it, or ask anew.", 409
    ),
    "question-empty": Wording("There is nothing to ask yet.", "Write the question, and why it matters.", 400),
    "no-such-answer": Wording(
        "No post that you can see waits there for your word.", "Look at the page of the question.", 404
    ),
    "why-not-that": Wording(
        "Its authors won’t know what is missing.", "Say in a sentence why that isn’t it.", 400
    ),
    "why-closed": Wording("Nobody would know why.", "Say in a sentence why it is closed.", 400),
    "asks-too-much": Wording(
        "You asked {limit} questions within a day.", "Vote for those of others, or ask tomorrow.", 429
    ),
    "not-a-campaigner": Wording(
        "Campaigns are opened by who reviews or maintains a space.",
        "Ask one of them, and send the address of this list.",
        403,
    ),
    "not-your-campaign": Wording(
        "{name} opened this campaign, and changes and closes it.", "Ask them, or who runs this portal.", 403
    ),
    "campaign-untitled": Wording(
        "A campaign needs a title.", "Say in a few words what is to happen, such as “pandas 2”.", 400
    ),
    "campaign-empty": Wording(
        "There is no post to ask for: none that you see uses such a version of {library}.",
        "Look at the versions that posts use, and choose others.",
        409,
    ),
    "campaign-large": Wording(
        "{number} posts are more than one campaign can hold, which is {limit}.",
        "Open one for each space, or for fewer versions.",
        409,
    ),
    "campaign-closed": Wording("This campaign is closed.", "Open another if there is more to do.", 409),
    "long-task": Wording("What is to be done has {size} kB.", "It may have {limit} kB at the most.", 400),
    "no-such-insight": Wording("There is no such insight.", "Check its space and its name.", 404),
    "no-decision": Wording(
        "Nobody would know what it was used for.", "Say it in a line of up to {limit} letters.", 400
    ),
    "bad-link": Wording(
        "That is no address of a page.",
        "Paste one that begins with http:// or https://, of up to {limit} letters.",
        400,
    ),
    "uses-too-much": Wording(
        "You used this number for {limit} things already.", "Take one of them back first.", 409
    ),
    "not-your-decision": Wording("That is what {name} used it for.", "Only {name} can take it back.", 403),
    "busy": Wording(
        "{space} was changed by someone else at the same moment, several times.", "Please try again.", 409
    ),
}


class UserError(Exception):
    """Something the user did can't be done; says why, and what to do.

    `code` is stable and part of the API; `status` is the HTTP status a door answers with.
    """

    def __init__(self, code: str, **fields: object) -> None:
        wording = WORDINGS[code]
        self.code = code
        self.status = wording.status
        self.message = wording.message.format(**fields)
        self.hint = wording.hint.format(**fields)
        super().__init__(f"{self.message} {self.hint}")
