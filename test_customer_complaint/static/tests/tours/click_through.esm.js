import {startClickEverywhere} from "@web/webclient/clickbot/clickbot_loader";
import {user} from "@web/core/user";

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function throwErrorDialog() {
    const dialog = document.querySelector(".o_error_dialog");
    if (dialog) {
        throw new Error(dialog.innerText);
    }
}

async function waitFor(condition, what, seconds = 15) {
    const end = Date.now() + seconds * 1000;
    while (!condition()) {
        throwErrorDialog();
        if (Date.now() > end) {
            throw new Error(`Waited in vain for ${what}`);
        }
        await delay(25);
    }
}

// Odoo's helper opens every menu and view of an app, but no form. It reports its
// errors to the console and shows a button as long as it runs.
async function clickEverywhere(menu) {
    const button = () => document.querySelector("#stop-clickbot");
    await startClickEverywhere(menu, true);
    await waitFor(button, "the start of the clicking");
    await waitFor(() => !button(), "the end of the clicking", 600);
}

async function openForm(services, action) {
    const what = JSON.stringify(action);
    const scope = action.target === "new" ? ".o_dialog " : ".o_action_manager ";
    await services.action.doAction(action, {clearBreadcrumbs: true});
    await waitFor(() => document.querySelector(`${scope}.o_form_renderer`), what);
    for (const tab of document.querySelectorAll(`${scope}.o_notebook .nav-link`)) {
        tab.click();
        await waitFor(() => tab.classList.contains("active"), `a page of ${what}`);
    }
    if (action.target === "new") {
        await services.action.doAction({type: "ir.actions.act_window_close"});
        await waitFor(() => !document.querySelector(".o_dialog"), `the end of ${what}`);
    } else if (document.querySelector(".o-mail-Form-chatter")) {
        await waitFor(
            () => document.querySelector(".o-mail-Thread"),
            `chatter of ${what}`
        );
    }
}

/**
 * Click everywhere in an app, then open forms, each with the pages of its notebook.
 *
 * @param {String} lang the language everything has to be in, such as zh-CN
 * @param {String | null} menu XML id of the app's menu; null leaves the clicking out
 * @param {Object[]} actions window actions of the forms
 */
export async function clickThrough(lang, menu, actions) {
    const {services} = odoo.__WOWL_DEBUG__.root.env;
    try {
        if (user.lang !== lang) {
            throw new Error(`The language is ${user.lang}`);
        }
        if (menu) {
            await clickEverywhere(menu);
        }
        for (const action of actions) {
            await openForm(services, action);
            throwErrorDialog();
        }
        console.log("clicked through");
    } catch (error) {
        console.error(error);
    }
}
